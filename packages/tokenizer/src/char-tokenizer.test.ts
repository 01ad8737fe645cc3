import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CharTokenizer } from './char-tokenizer.ts'
import { ArgumentError, FormatError } from './errors.ts'
import { loadTokenizer } from './load-tokenizer.ts'

describe('CharTokenizer', () => {
  it('numbers characters by code point', () => {
    const tokenizer = CharTokenizer.train('hello')
    expect([...tokenizer.encode('hole')]).toEqual([1, 3, 2, 0])
    expect(tokenizer.vocabSize).toBe(4)
  })

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const tokenizer = CharTokenizer.train(text)
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
    )
  })

  it('loads what it saved', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const saved = JSON.stringify(CharTokenizer.train(text).toJson())
        const loaded = loadTokenizer(saved)
        expect(loaded.decode(loaded.encode(text))).toBe(text)
        expect(JSON.stringify(loaded.toJson())).toBe(saved)
      }),
    )
  })

  it('names an unknown character and its position', () => {
    const tokenizer = CharTokenizer.train('naive 😀')
    const encode = () => tokenizer.encode('😀 naïve')
    expect(encode).toThrow(ArgumentError)
    expect(encode).toThrow('"ï" (U+00EF) at position 5; remove the character')
    expect(encode).toThrow(expect.objectContaining({ argument: 'text', position: 5 }))
  })

  it('refuses ids that no token has', () => {
    expect(() => CharTokenizer.train('ab').decode([0, 7])).toThrow('no token has id 7 (at index 1)')
  })

  it('takes a lone surrogate for U+FFFD', () => {
    const tokenizer = CharTokenizer.train('a\ufffd')
    expect(tokenizer.decode(tokenizer.encode('a\ud800a'))).toBe('a\ufffda')
  })

  it('keeps characters that JSON objects reorder or hide', () => {
    const text = '0123456789 _'
    expect(loadTokenizer(CharTokenizer.train(text).toJson()).decode([3, 2, 1])).toBe('21' + '0')
  })

  it.each([
    [{}],
    [{ model: { vocab: { a: 0, b: 2 } } }],
    [{ model: { vocab: { a: 0, b: 0 } } }],
    [{ model: { vocab: { ab: 0 } } }],
  ])('refuses a file like %j', json => {
    expect(() => CharTokenizer.fromJson(json)).toThrow(FormatError)
  })
})
