import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteTokenizer } from './byte-tokenizer.ts'
import { ArgumentError } from './errors.ts'
import { loadTokenizer } from './load-tokenizer.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })

describe('byteTokenizer', () => {
  it('gives the bytes of the text behind the special tokens', () => {
    const specialTokens = ['<pad>', '</s>', '<unk>']
    const tokenizer = byteTokenizer({ specialTokens })
    expect(tokenizer.vocabSize).toBe(259)
    fc.assert(
      fc.property(anyText, text => {
        const ids = tokenizer.encode(text)
        expect([...ids]).toEqual(Array.from(new TextEncoder().encode(text), byte => byte + 3))
        expect(tokenizer.decode(ids)).toBe(text)
        expect([...tokenizer.encoding(text).ids]).toEqual([...ids])
      }),
    )
  })

  it('recognises special tokens only when allowed', () => {
    const tokenizer = byteTokenizer({ specialTokens: ['</s>'] })
    expect(() => tokenizer.encode('a</s>')).toThrow(ArgumentError)
    expect([...tokenizer.encode('a</s>', { allowedSpecial: 'all' })]).toEqual([98, 0])
    expect(tokenizer.encode('</s>', { disallowedSpecial: 'text' }).length).toBe(4)
  })

  it('survives being saved', () => {
    const tokenizer = byteTokenizer({ specialTokens: ['<é>', '</s>'] })
    const loaded = loadTokenizer(JSON.stringify(tokenizer.toJson()))
    fc.assert(
      fc.property(anyText, text => {
        expect(loaded.encode(text)).toEqual(tokenizer.encode(text))
      }),
    )
    expect(loaded.toJson()).toEqual(tokenizer.toJson())
    expect(loaded.tokenToId('</s>')).toBe(1)
  })

  it('refuses special tokens that would take the place of others', () => {
    expect(() => byteTokenizer({ specialTokens: ['a'] })).toThrow('got "a"')
    expect(() => byteTokenizer({ specialTokens: ['<s>', '<s>'] })).toThrow(ArgumentError)
  })
})
