import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ArgumentError,
  createDecodeStream,
  type Encoding,
  fromTokenizerJson,
  toByteOffsets,
  type Tokenizer,
  trainBpe,
} from '../src/index.ts'
import goldens from './goldens/tokenizers.json' with { type: 'json' }

const bpe = trainBpe(['the cat sat on the mat, 😀 naïve'], { vocabSize: 300, specialTokens: ['<|end|>', '<|start|>'] })
const wordPiece = fromTokenizerJson(goldens['word-piece'].json)
const unigram = fromTokenizerJson(goldens['unigram'].json)
const anyText = fc.string({ unit: 'binary', maxLength: 80 })
const rangesOf = ({ offsets }: Encoding) =>
  Array.from({ length: offsets.length / 2 }, (_, i) => [offsets[i * 2]!, offsets[i * 2 + 1]!] as const)

describe('offsets', () => {
  it('of a byte-level tokenizer cover the text without gaps', () => {
    fc.assert(
      fc.property(anyText, text => {
        let reached = 0
        for (const [start, end] of rangesOf(bpe.encoding(text))) {
          expect(start).toBeLessThanOrEqual(reached)
          expect(end).toBeGreaterThanOrEqual(reached)
          reached = end
        }
        expect(reached).toBe(text.length)
      }),
    )
  })

  it('lie in the text, whatever the normalizer did', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(wordPiece, unigram), (text, tokenizer) => {
        let reached = 0
        for (const [start, end] of rangesOf(
          tokenizer.encoding(text, { addSpecialTokens: false, disallowedSpecial: 'text' }),
        )) {
          expect(start).toBeGreaterThanOrEqual(Math.min(reached, start))
          expect(end).toBeGreaterThanOrEqual(start)
          expect(end).toBeLessThanOrEqual(text.length)
          reached = start
        }
      }),
    )
  })

  it('count bytes when asked', () => {
    const text = 'naïve 😀!'
    const bytes = new TextEncoder().encode(text)
    const encoding = bpe.encoding(text)
    const byteOffsets = toByteOffsets(text, encoding.offsets)
    rangesOf(encoding).forEach(([start, end], i) => {
      const slice = bytes.subarray(byteOffsets[i * 2], byteOffsets[i * 2 + 1])
      expect(new TextDecoder().decode(slice)).toBe(text.slice(start, end))
    })
  })
})

describe('truncation', () => {
  it('loses no token: the parts overlap by the stride and give all of the text', () => {
    fc.assert(
      fc.property(
        anyText,
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: 0, max: 2 }),
        (text, maxLength, stride) => {
          const all = [...bpe.encode(text)]
          const right = bpe.encoding(text, { truncation: { maxLength, stride } })
          const parts = [right, ...right.overflowing].map(({ ids }) => [...ids])
          expect(parts.flatMap((part, i) => (i === 0 ? part : part.slice(stride)))).toEqual(all)
          const left = bpe.encoding(text, { truncation: { maxLength, stride, side: 'left' } })
          const reversed = [left, ...left.overflowing].map(({ ids }) => [...ids].reverse())
          expect(reversed.flatMap((part, i) => (i === 0 ? part : part.slice(stride))).reverse()).toEqual(all)
        },
      ),
    )
  })

  it('of a pair takes from the longer text', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 0, max: 60 }), (first, second, maxLength) => {
        const [a, b] = [bpe.encode(first).length, bpe.encode(second).length]
        const kept = bpe.encoding([first, second], { truncation: { maxLength } })
        const ofSecond = kept.typeIds.reduce((sum, id) => sum + id, 0)
        const ofFirst = kept.ids.length - ofSecond
        expect(kept.ids.length).toBe(Math.min(maxLength, a + b))
        expect(ofFirst === a || ofFirst >= ofSecond - 1).toBe(true)
        expect(ofSecond === b || ofSecond >= ofFirst - 1).toBe(true)
      }),
    )
  })

  it('refuses what cannot be done', () => {
    expect(() => wordPiece.encoding('a b c', { truncation: { maxLength: 1 } })).toThrow(
      'maxLength must be a whole number from 2',
    )
    expect(() => bpe.encoding('cats and mats', { truncation: { maxLength: 2, stride: 2 } })).toThrow(
      'stride must be less',
    )
    expect(() => bpe.encoding(['a', 'the mat'], { truncation: { maxLength: 1, strategy: 'onlyFirst' } })).toThrow(
      'use longestFirst',
    )
  })
})

it('pads a batch to the longest and marks the padding', () => {
  const [short, long] = bpe.encodings(['a', 'the cat'], { padding: { id: 9, side: 'left', multipleOf: 4 } })
  expect(short!.ids.length).toBe(4)
  expect(long!.ids.length).toBe(4)
  expect([...short!.attentionMask]).toEqual([0, 0, 0, 1])
  expect([...short!.ids]).toEqual([9, 9, 9, ...bpe.encode('a')])
})

describe('counting', () => {
  it('agrees with encode', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 0, max: 40 }), (text, limit) => {
        const { length } = bpe.encode(text)
        expect(bpe.count(text)).toBe(length)
        expect(bpe.isWithinLimit(text, limit)).toBe(length <= limit)
      }),
    )
  })

  it('stops early', () => {
    const text = 'the mat '.repeat(1_000_000)
    const start = process.cpuUsage()
    expect(bpe.isWithinLimit(text, 100)).toBe(false)
    const { user } = process.cpuUsage(start)
    expect(user / 1000).toBeLessThan(500)
  })
})

describe('special tokens', () => {
  it('are refused, taken literally or recognised, anywhere in the text', () => {
    const text = 'the<|end|> cat<|start|>'
    expect(() => bpe.encode(text)).toThrow(ArgumentError)
    expect(bpe.decode(bpe.encode(text, { disallowedSpecial: 'text' }))).toBe(text)
    const ids = [...bpe.encode(text, { allowedSpecial: ['<|end|>'], disallowedSpecial: 'text' })]
    expect(ids.filter(id => id < 2)).toEqual([0])
    expect([...bpe.encode(text, { allowedSpecial: 'all' })].filter(id => id < 2)).toEqual([0, 1])
    expect(bpe.decode(bpe.encode(text, { allowedSpecial: 'all' }), { skipSpecialTokens: true })).toBe('the cat')
  })

  it('taken literally leave the ids of the text as they are without them', () => {
    const plain = trainBpe(['the cat sat on the mat, 😀 naïve'], { vocabSize: 298 })
    const text = 'the<|end|> cat'
    const pieces = (tokenizer: Tokenizer, ids: Uint32Array) => Array.from(ids, id => tokenizer.decode([id]))
    expect(pieces(bpe, bpe.encode(text, { disallowedSpecial: 'text' }))).toEqual(pieces(plain, plain.encode(text)))
  })
})

describe('odd input', () => {
  it('takes bytes for the text they are', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect(bpe.encode(new TextEncoder().encode(text))).toEqual(bpe.encode(text))
      }),
    )
  })

  it('refuses bytes that are not UTF-8 and says where', () => {
    for (const [bytes, at] of [
      [[0x61, 0xff], 1],
      [[0xc3], 0],
      [[0x61, 0xed, 0xa0, 0x80], 1],
      [[0xf4, 0x90, 0x80, 0x80], 0],
      [[0xe0, 0x80, 0x80], 0],
    ] as const)
      expect(() => bpe.encode(Uint8Array.from(bytes))).toThrow(
        expect.objectContaining({ name: 'ArgumentError', position: at }),
      )
  })

  it('agrees with TextDecoder about what UTF-8 is', () => {
    const strict = new TextDecoder('utf-8', { fatal: true })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), bytes => {
        const isValid = (decode: () => unknown) => {
          try {
            decode()
            return true
          } catch {
            return false
          }
        }
        expect(isValid(() => bpe.encode(bytes))).toBe(isValid(() => strict.decode(bytes)))
      }),
      { numRuns: 1000 },
    )
  })

  it.each(['\ufeffhello', 'a\u0085b', 'a\0b', '\u2028', 'e\u0301'])('keeps %j', text => {
    expect(bpe.decode(bpe.encode(text))).toBe(text)
  })

  it('takes lone surrogates for U+FFFD', () => {
    for (const tokenizer of [bpe, wordPiece, unigram])
      expect(tokenizer.encode('a\ud83d b\ude00')).toEqual(tokenizer.encode('a\ufffd b\ufffd'))
  })
})

describe('decoding', () => {
  it('refuses ids that no token has', () => {
    for (const id of [300, -1, 1.5, NaN, 2 ** 32]) expect(() => bpe.decode([5, id])).toThrow('(at index 1)')
  })

  it('gives bytes of incomplete characters', () => {
    const ids = bpe.encode('€')
    expect(ids.length).toBe(3)
    expect([...bpe.decodeBytes(ids.subarray(0, 2))]).toEqual([0xe2, 0x82])
  })

  it('in a stream gives the same text, and streams do not disturb each other', () => {
    const tokenizers = [bpe, wordPiece, unigram, ...Object.values(goldens).map(({ json }) => fromTokenizerJson(json))]
    fc.assert(
      fc.property(anyText, fc.constantFrom(...tokenizers), (text, tokenizer) => {
        const ids = tokenizer.encode(text, { disallowedSpecial: 'text' })
        const stream = createDecodeStream(tokenizer)
        const other = createDecodeStream(tokenizer)
        let streamed = ''
        for (const id of ids) {
          other.push(ids[0]!)
          streamed += stream.push(id)
        }
        expect(streamed + stream.end()).toBe(tokenizer.decode(ids))
      }),
      { numRuns: 300 },
    )
  })
})
