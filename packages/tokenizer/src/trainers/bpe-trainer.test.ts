import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimalDecode, minimalEncode, minimalTrain } from '../educational/minimal-bpe.ts'
import { ArgumentError } from '../errors.ts'
import { loadTokenizer } from '../load-tokenizer.ts'
import { trainBpe } from './bpe-trainer.ts'

/** Words of few letters, so that pairs repeat; their byte-level characters sort like the bytes. */
const letterWords = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 20,
})

interface BpeJson {
  merges: [string, string][]
  vocab: Record<string, number>
}
const modelOf = (json: object) => (json as { model: BpeJson }).model

describe('trainBpe', () => {
  it('learns the merges of the minimal BPE', () => {
    fc.assert(
      fc.property(letterWords, words => {
        const tokenizer = trainBpe(words, { vocabSize: 276 })
        const oracle = minimalTrain(words, 20)
        const name = (id: number): string => (id < 256 ? String.fromCharCode(id) : minimalDecode([id], oracle))
        expect(modelOf(tokenizer.toJson()).merges).toEqual(oracle.map(({ left, right }) => [name(left), name(right)]))
      }),
    )
  })

  it('encodes as the minimal BPE does', () => {
    fc.assert(
      fc.property(
        letterWords,
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 150 }),
        (words, text) => {
          const tokenizer = trainBpe(words, { vocabSize: 296 })
          const oracle = minimalTrain(words, 40)
          const pieces = Array.from(tokenizer.encode(text), id => tokenizer.decode([id]))
          expect(pieces).toEqual(minimalEncode(text, oracle).map(id => minimalDecode([id], oracle)))
        },
      ),
    )
  })

  it('merges the most frequent pair first, ties to the smaller ids', () => {
    expect(modelOf(trainBpe('ab ab cd', { vocabSize: 258 }).toJson()).merges[0]).toEqual(['a', 'b'])
    expect(modelOf(trainBpe('cd|ab', { vocabSize: 257 }).toJson()).merges).toEqual([['a', 'b']])
  })

  it('decodes what it encodes, whatever it was trained on', () => {
    const tokenizer = trainBpe(['the cat sat on the mat', 'ein Kätzchen 😀'], { vocabSize: 300 })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('loads what it saved', () => {
    const text = 'she sells sea shells by the sea shore'
    const trained = trainBpe(text, { vocabSize: 290, specialTokens: ['<|end|>'], pattern: 'cl100k' })
    const saved = JSON.stringify(trained.toJson())
    const loaded = loadTokenizer(saved)
    expect(loaded.encode(text)).toEqual(trained.encode(text))
    expect(JSON.stringify(loaded.toJson())).toBe(saved)
  })

  it('gives special tokens the first ids and recognises them only when allowed', () => {
    const tokenizer = trainBpe('a b', { vocabSize: 300, specialTokens: ['<|end|>'] })
    expect(tokenizer.tokenToId('<|end|>')).toBe(0)
    expect(() => tokenizer.encode('a<|end|>')).toThrow(ArgumentError)
    expect(() => tokenizer.encode('a<|end|>')).toThrow('special token "<|end|>" at position 1')
    expect([...tokenizer.encode('<|end|>', { allowedSpecial: 'all' })]).toEqual([0])
    expect(tokenizer.encode('<|end|>', { disallowedSpecial: 'text' }).length).toBeGreaterThan(1)
  })

  it('stops at pairs that are too rare or too long', () => {
    const rare = modelOf(trainBpe('ab ab ab xy', { vocabSize: 400, minFrequency: 3 }).toJson())
    expect(rare.merges).toContainEqual(['a', 'b'])
    expect(rare.merges).not.toContainEqual(['x', 'y'])
    const short = modelOf(trainBpe('abcdefgh '.repeat(9), { vocabSize: 400, maxTokenLength: 3 }).toJson())
    // Hugging Face's trainer, too, leaves out merges that would reach the limit exactly.
    expect(Math.max(...Object.keys(short.vocab).map(token => token.length))).toBe(2)
  })

  it('refuses a vocabulary without room for the bytes', () => {
    expect(() => trainBpe('a', { vocabSize: 100 })).toThrow('vocabSize must be a whole number from 256')
  })
})
