import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  type Encoding,
  type EncodingInput,
  type EncodingOptions,
  fromTokenizerJson,
} from '../src/index.ts'
import tokenizers from './goldens/tokenizers.json' with { type: 'json' }
import truncation from './goldens/truncation.json' with { type: 'json' }

/** An encoding and what overflows, as the golden has them. */
const partsOf = ({ overflowing, ...main }: Encoding) =>
  [main, ...overflowing].map(({ ids, attentionMask }) => [[...ids], [...attentionMask]])

/** The golden has the words in which Hugging Face refuses; ours are others. */
const refused = 'refused'
const outcomeOf = (golden: number[][][] | string) => (typeof golden === 'string' ? refused : golden)

const sides = ['left', 'right'] as const
const strategies = { longest_first: 'longestFirst', only_first: 'onlyFirst', only_second: 'onlySecond' } as const
const names = Object.keys(strategies) as (keyof typeof strategies)[]

describe.each(Object.entries(truncation))('the tokenizer %s', (name, cases) => {
  const tokenizer = fromTokenizerJson(tokenizers[name as keyof typeof truncation].json)
  const encode = (input: EncodingInput, options: EncodingOptions) => {
    try {
      return partsOf(tokenizer.encoding(input, options))
    } catch (error) {
      if (error instanceof ArgumentError) return refused
      throw error
    }
  }

  it.each(names)('cuts and overflows as Hugging Face does: %s', strategyName => {
    const chosen = cases.filter(({ strategy }) => strategy === strategyName)
    expect(chosen.length).toBeGreaterThan(10)
    for (const { texts, side: sideName, most, stride, single, pair } of chosen) {
      const side = sides.find(known => known === sideName)!
      const options = {
        truncation: { maxLength: most, stride, side, strategy: strategies[strategyName] },
        padding: { id: 3, length: 10, side },
      }
      expect(encode(texts[0]!, options)).toEqual(outcomeOf(single))
      expect(encode([texts[0]!, texts[1]!], options)).toEqual(outcomeOf(pair))
    }
  })
})
