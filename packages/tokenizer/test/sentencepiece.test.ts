import { describe, expect, it } from 'vitest'
import { FormatError, fromSentencePiece, fromTokenizerJson } from '../src/index.ts'
import goldens from './goldens/sentencepiece.json' with { type: 'json' }

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))

describe.each(Object.entries(goldens))('the sentencepiece model %s', (_, golden) => {
  const tokenizer = fromSentencePiece(bytesOf(golden.model))
  const encode = (text: string) => [...tokenizer.encode(text, { disallowedSpecial: 'text' })]

  it('encodes as sentencepiece does', () => {
    expect(golden.texts.map(encode)).toEqual(golden.ids)
  })

  it('survives being saved as tokenizer.json', () => {
    const saved = fromTokenizerJson(JSON.stringify(tokenizer.toJson()))
    for (const [i, text] of golden.texts.entries())
      expect([...saved.encode(text, { disallowedSpecial: 'text' })]).toEqual(golden.ids[i])
  })

  it('decodes what it can encode', () => {
    // sentencepiece leaves the space in place that it put behind the text.
    const isKnown = (text: string, i: number) => golden.decoded[i]!.trimEnd() === text && text !== ''
    const known = golden.texts.filter(isKnown)
    expect(known.length).toBeGreaterThan(1)
    for (const text of known) expect(tokenizer.decode(encode(text))).toBe(text)
  })

  it('refuses the file cut short anywhere, or takes what is left of it', () => {
    const whole = bytesOf(golden.model)
    for (let length = 0; length < whole.length; length += 7) {
      const outcome = () => {
        try {
          return fromSentencePiece(whole.subarray(0, length))
        } catch (error) {
          return error
        }
      }
      const result = outcome()
      expect(result instanceof FormatError || typeof result === 'object').toBe(true)
      if (result instanceof Error && !(result instanceof FormatError)) throw result
    }
  })
})
