/** Contents of a character class for white space as Rust and Oniguruma have it: with U+0085, without U+FEFF. */
export const spaceSet = '\\t-\\r\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

/** Contents of a character class for `\w` as Oniguruma has it; Rust adds the two joiners U+200C and U+200D. */
export const wordSet = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}'

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
  ['word', wordSet],
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
    return new RegExp(source, 'v') !== undefined
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
