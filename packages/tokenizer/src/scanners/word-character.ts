import { codePointAt } from '../bytes/utf8.ts'
import { Category, LETTER, MARK } from '../unicode/category.ts'
import { categoryAt } from './scanner.ts'

const wordCategories = LETTER | MARK | (1 << Category.Nd) | (1 << Category.Nl) | (1 << Category.Pc)

/** Letters in circles and squares: symbols by category, but alphabetic and so part of `\w`. */
const alphabeticSymbols = [0x24b6, 0x24e9, 0x1f130, 0x1f149, 0x1f150, 0x1f169, 0x1f170, 0x1f189]

/** Whether the character at `at` matches `\w` as UTS #18 defines it. */
export function isWordCharacter(bytes: Uint8Array, at: number): boolean {
  if ((wordCategories >>> categoryAt(bytes, at)) & 1) return true
  if (bytes[at]! < 0xe2) return false
  const codePoint = codePointAt(bytes, at)
  if (codePoint === 0x200c || codePoint === 0x200d) return true
  for (let i = 0; i < alphabeticSymbols.length; i += 2)
    if (codePoint >= alphabeticSymbols[i]! && codePoint <= alphabeticSymbols[i + 1]!) return true
  return false
}
