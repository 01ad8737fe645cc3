import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromTokenizerJson } from '../files/tokenizer-json.ts'

const letters = ['a', 'b', 'c']

/** Merges of tokens that other merges made, in any order: also ones whose parts come later in the list. */
const anyMerges = fc
  .array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 25 })
  .map(picks => {
    const tokens = [...letters]
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
function mergeByDefinition(text: string, merges: readonly [string, string][]): string[] {
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
    fc.property(anyMerges, fc.array(text, { minLength: 5, maxLength: 5 }), ({ tokens, merges }, texts) => {
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
