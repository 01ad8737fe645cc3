// Writes src/unicode/categories.generated.ts from the Unicode tables of the running engine.
// Run with a Node whose process.versions.unicode is the pinned version: node scripts/generate-unicode.mjs
import { writeFileSync } from 'node:fs'

const pinned = '17.0'
if (process.versions.unicode !== pinned)
  throw new Error(`this Node has Unicode ${process.versions.unicode}, the tables are pinned to ${pinned}`)

// The order is the numbering of src/unicode/category.ts.
const names = 'Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn'.split(' ')
const patterns = names.map(name => new RegExp(`^\\p{${name}}$`, 'u'))
const runs = []
let previous = -1
let length = 0
for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
  const category = patterns.findIndex(pattern => pattern.test(String.fromCodePoint(codePoint)))
  if (category === previous) length++
  else {
    if (length > 0) runs.push([previous, length])
    previous = category
    length = 1
  }
}
runs.push([previous, length])

// One run: its category as a letter (A is 0), then its length in base 36 in lower case, nothing for 1.
const letter = category => String.fromCharCode(category < 26 ? 65 + category : 33 + category - 26)
const text = runs.map(([c, n]) => letter(c) + (n === 1 ? '' : n.toString(36))).join('')
const lines = text.match(/.{1,110}/g).map(line => `  ${JSON.stringify(line)}`)
writeFileSync(
  new URL('../src/unicode/categories.generated.ts', import.meta.url),
  `// Written by scripts/generate-unicode.mjs; do not edit.
/** The Unicode version that every scanner and normalizer of this package follows. */
export const unicodeVersion = '${pinned}'

/** General categories of all code points as runs: a letter for the category, then the length in base 36. */
export const categoryRuns =
${lines.join(' +\n')}
`,
)
