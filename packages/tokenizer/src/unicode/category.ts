import { categoryRuns } from './categories.generated.ts'

/**
 * Numbers of the Unicode general categories, with two of our own taken out of `Cc`: the line ends CR and LF, and the
 * other control characters that count as white space. So `\s`, `\p{L}` and `[\r\n]` all are sets of these numbers.
 */
export const Category = {
  Lu: 0, Ll: 1, Lt: 2, Lm: 3, Lo: 4, Mn: 5, Mc: 6, Me: 7, Nd: 8, Nl: 9, No: 10, Pc: 11, Pd: 12, Ps: 13, Pe: 14,
  Pi: 15, Pf: 16, Po: 17, Sm: 18, Sc: 19, Sk: 20, So: 21, Zs: 22, Zl: 23, Zp: 24, Cc: 25, Cf: 26, Cs: 27, Co: 28,
  Cn: 29, ControlSpace: 30, LineEnd: 31,
} as const // prettier-ignore

const set = (...categories: number[]) => categories.reduce((mask, category) => mask | (1 << category), 0)
const c = Category

/** Sets of categories as 32-bit masks: `(mask >>> category) & 1`. */
export const UPPER = set(c.Lu, c.Lt)
export const LOWER = set(c.Ll)
export const CASELESS = set(c.Lm, c.Lo)
export const LETTER = UPPER | LOWER | CASELESS
export const MARK = set(c.Mn, c.Mc, c.Me)
export const NUMBER = set(c.Nd, c.Nl, c.No)
export const PUNCTUATION = set(c.Pc, c.Pd, c.Ps, c.Pe, c.Pi, c.Pf, c.Po)
export const SYMBOL = set(c.Sm, c.Sc, c.Sk, c.So)
export const LINE_END = set(c.LineEnd)
export const SPACE = set(c.Zs, c.Zl, c.Zp, c.ControlSpace, c.LineEnd)
export const CONTROL = set(c.Cc, c.ControlSpace, c.LineEnd)
export const OTHER = CONTROL | set(c.Cf, c.Cs, c.Co, c.Cn)

const blockBits = 7
const blockSize = 1 << blockBits

/** Two-stage table: `blocks[(index[codePoint >> 7] << 7) | (codePoint & 127)]`; blocks of one category are shared. */
function buildTable(): { index: Uint16Array; blocks: Uint8Array } {
  const flat = expandRuns()
  for (const codePoint of [0x09, 0x0b, 0x0c, 0x85]) flat[codePoint] = c.ControlSpace
  for (const codePoint of [0x0a, 0x0d]) flat[codePoint] = c.LineEnd
  const index = new Uint16Array(flat.length >> blockBits)
  const uniform = new Map<number, number>()
  const blocks: Uint8Array[] = []
  for (let i = 0; i < index.length; i++) {
    const block = flat.subarray(i << blockBits, (i + 1) << blockBits)
    const first = block[0]!
    const isUniform = block.every(category => category === first)
    let at = isUniform ? uniform.get(first) : undefined
    if (at === undefined) at = blocks.push(block) - 1
    if (isUniform) uniform.set(first, at)
    index[i] = at
  }
  const joined = new Uint8Array(blocks.length * blockSize)
  blocks.forEach((block, i) => joined.set(block, i * blockSize))
  return { index, blocks: joined }
}

function expandRuns(): Uint8Array {
  const flat = new Uint8Array(0x110000)
  let at = 0
  for (const run of categoryRuns.matchAll(/([A-Z!-&])([0-9a-z]*)/g)) {
    const code = run[1]!.charCodeAt(0)
    const length = run[2] === '' ? 1 : parseInt(run[2]!, 36)
    flat.fill(code >= 65 ? code - 65 : code - 33 + 26, at, at + length)
    at += length
  }
  return flat
}

const table = /* @__PURE__ */ buildTable()
export const categoryIndex = table.index
export const categoryBlocks = table.blocks

/** Categories of the 128 ASCII characters, the first entries of the table. */
export const asciiCategory = /* @__PURE__ */ table.blocks.slice(0, 128)

/** The category number (see `Category`) of a code point. */
export function categoryOf(codePoint: number): number {
  return categoryBlocks[(categoryIndex[codePoint >> blockBits]! << blockBits) | (codePoint & (blockSize - 1))]!
}
