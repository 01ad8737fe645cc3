/** Contents of a character class for white space as Rust and Oniguruma have it: with U+0085, without U+FEFF. */
export const spaceSet = '\\t-\\r\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** Contents of a character class for `\w` as Oniguruma has it. */
export const onigurumaWordSet = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}'

/** Outside of brackets Oniguruma asks a table of its own for Latin-1, where `¹²³¼½¾` are word characters, too. */
export const onigurumaLatin1Words = '\\xb2\\xb3\\xb9\\xbc-\\xbe'

/** Contents of a character class for `\w` as Rust has it, after UTS #18. */
export const rustWordSet = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'

/** POSIX classes, and property names that only the other engines know. */
export const namedSets: ReadonlyMap<string, string> = new Map([
  ['alnum', '\\p{Alphabetic}\\p{Nd}'],
  ['alpha', '\\p{Alphabetic}'],
  ['ascii', '\\x00-\\x7f'],
  ['blank', '\\p{Zs}\\t'],
  ['cntrl', '\\p{Cc}'],
  ['digit', '\\p{Nd}'],
  ['lower', '\\p{Lowercase}'],
  ['punct', '\\p{P}\\p{S}'],
  ['space', spaceSet],
  ['upper', '\\p{Uppercase}'],
  ['word', onigurumaWordSet],
  ['xdigit', '0-9A-Fa-f'],
])

/** A class escape for a Unicode property by any of the names under which other engines know it; undefined if none fits. */
export function propertySet(name: string, isNegated: boolean): string | undefined {
  const negated = name.startsWith('^') !== isNegated
  const plain = name.replace(/^\^/, '').replace(/^Is_?/i, '')
  const named = namedSets.get(plain.toLowerCase())
  if (named && plain.length > 2) return negated ? `[^${named}]` : `[${named}]`
  for (const candidate of [plain, `Script=${plain}`]) {
    const escape = `\\${negated ? 'P' : 'p'}{${candidate}}`
    if (compiles(escape)) return escape
  }
  return undefined
}

function compiles(source: string): boolean {
  try {
    RegExp(source, 'v')
    return true
  } catch {
    return false
  }
}

/** Characters beyond ASCII whose simple case folding is an ASCII letter. */
const foldedToAscii = new Map([
  ['k', '\u212a'],
  ['s', '\u017f'],
])

/** All characters that match `character` when case is ignored. */
export function caseVariants(character: string): string[] {
  const variants = new Set([character])
  for (const other of [character.toLowerCase(), character.toUpperCase()])
    if (Array.from(other).length === 1) variants.add(other)
  const folded = foldedToAscii.get(character.toLowerCase())
  if (folded) variants.add(folded)
  return [...variants]
}
