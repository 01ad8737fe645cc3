import fc from 'fast-check'
import { expect, it } from 'vitest'
import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import { toUtf8 } from '../bytes/utf8.ts'
import { fromTokenizerJson } from '../files/tokenizer-json.ts'

const letters = ['a', 'b', 'c']

/** Merges of tokens that other merges made, in any order: also ones whose parts come later in the list. */
const anyMerges = (alphabet: readonly string[]) =>
  fc
    .array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 25 })
    .map(picks => {
      const tokens = [...alphabet]
      const merges = new Map<string, [string, string]>()
      for (const [i, j] of picks) {
        const [left, right] = [tokens[i % tokens.length]!, tokens[j % tokens.length]!]
        merges.set(`${left} ${right}`, [left, right])
        if (!tokens.includes(left + right)) tokens.push(left + right)
      }
      return { tokens, merges: [...merges.values()] }
    })
    .chain(({ tokens, merges }) =>
      fc
        .shuffledSubarray(merges, { minLength: merges.length })
        .chain(shuffled => fc.constantFrom({ tokens, merges }, { tokens, merges: shuffled })),
    )

/** The definition: as long as any two neighbours merge, merge those of lowest rank, among equals the leftmost. */
function mergeByDefinition(text: Iterable<string>, merges: readonly [string, string][]): string[] {
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]))
  const symbols = Array.from(text)
  for (;;) {
    const found = symbols.slice(1).map((right, i) => ranks.get(`${symbols[i]} ${right}`) ?? Infinity)
    const lowest = Math.min(...found)
    if (lowest === Infinity) return symbols
    const at = found.indexOf(lowest)
    symbols.splice(at, 2, symbols[at]! + symbols[at + 1]!)
  }
}

it('encodes long and short words by the definition of byte-pair encoding, whatever the order of merges', () => {
  const text = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 90 })
  fc.assert(
    fc.property(anyMerges(letters), fc.array(text, { minLength: 5, maxLength: 5 }), ({ tokens, merges }, texts) => {
      const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
      const tokenizer = fromTokenizerJson({ model: { type: 'BPE', vocab, merges } })
      for (const value of texts) {
        const { ids, offsets } = tokenizer.encoding(value)
        const pieces = Array.from(ids, id => tokens[id]!)
        expect(pieces).toEqual(mergeByDefinition(value, merges))
        expect(Array.from(ids, (_, i) => value.slice(offsets[i * 2], offsets[i * 2 + 1]))).toEqual(pieces)
        expect(tokenizer.encode(value)).toEqual(ids)
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
  )
})

it('encodes characters of four bytes by the definition, also words that are tokens which no merge makes', () => {
  // Their bytes are F0, 9F and 90 in other orders.
  const text = fc.string({ unit: fc.constantFrom('🐟', '🐐', '🟐', '🟟', ' 🐐'), minLength: 1, maxLength: 12 })
  const byteTokens = Array.from('ðŁĲĠ')
  const spell = (value: string) => Array.from(toUtf8(value), byte => byteLevelSpelling.toToken(Uint8Array.of(byte)))
  const property = fc.property(
    anyMerges(byteTokens),
    fc.array(text, { minLength: 8, maxLength: 8 }),
    fc.array(text, { maxLength: 2 }),
    fc.boolean(),
    ({ tokens, merges }, texts, unmerged, ignoreMerges) => {
      const all = [...new Set([...tokens, ...unmerged.map(value => spell(value).join(''))])]
      const vocab = Object.fromEntries(all.map((token, id) => [token, id]))
      const tokenizer = fromTokenizerJson({
        pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false, trim_offsets: false },
        model: { type: 'BPE', vocab, merges, ignore_merges: ignoreMerges },
      })
      for (const value of [...texts, ...unmerged]) {
        const whole = spell(value).join('')
        const expected = ignoreMerges && all.includes(whole) ? [whole] : mergeByDefinition(spell(value), merges)
        expect(Array.from(tokenizer.encode(value), id => all[id]!)).toEqual(expected)
      }
    },
  )
  fc.assert(property, { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) })
})
