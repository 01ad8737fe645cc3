import { describe, expect, it } from 'vitest'
import { toUtf8, fromUtf8 } from '../src/bytes/utf8.ts'
import { decoderFromJson } from '../src/decoders/decoder-from-json.ts'
import { Fields } from '../src/files/fields.ts'
import { type Encoding, fromTokenizerJson } from '../src/index.ts'
import { untouchedText } from '../src/normalizers/normalizer.ts'
import { normalizerFromJson } from '../src/normalizers/normalizer-from-json.ts'
import { Pieces } from '../src/pre-tokenizers/pieces.ts'
import { preTokenizerFromJson } from '../src/pre-tokenizers/pre-tokenizer-from-json.ts'
import { bytesToByteLevel } from '../src/bytes/byte-alphabet.ts'
import decoders from './goldens/decoders.json' with { type: 'json' }
import normalizers from './goldens/normalizers.json' with { type: 'json' }
import preTokenizers from './goldens/pre-tokenizers.json' with { type: 'json' }
import texts from './goldens/texts.json' with { type: 'json' }
import tokenizers from './goldens/tokenizers.json' with { type: 'json' }

const fieldsOf = (config: object) => new Fields(config, 'part', 'golden')
const nameOf = (config: object) => JSON.stringify(config).slice(0, 100)

describe('normalizers give what Hugging Face gives', () => {
  it.each(normalizers.map(({ config, outputs }) => [nameOf(config), config, outputs] as const))(
    '%s',
    (_, config, outputs) => {
      const normalizer = normalizerFromJson(fieldsOf(config))
      expect(texts.texts.map(text => normalizer.normalize(untouchedText(text, 0)).value)).toEqual(outputs)
      expect(normalizer.json).toEqual(config)
    },
  )
})

describe('pre-tokenizers give what Hugging Face gives', () => {
  it.each(preTokenizers.map(({ config, outputs }) => [nameOf(config), config, outputs] as const))(
    '%s',
    (_, config, outputs) => {
      const preTokenizer = preTokenizerFromJson(fieldsOf(config))
      const isByteLevel = JSON.stringify(config).includes('"ByteLevel"')
      const pieces = texts.texts.map(text => {
        const bytes = toUtf8(text)
        const input = new Pieces(bytes)
        input.add(0, bytes.length)
        const output = new Pieces(bytes)
        output.restart(input)
        preTokenizer.split(input, output)
        return Array.from({ length: output.count }, (_, i) =>
          output.bytes.subarray(output.starts[i], output.ends[i]),
        ).map(piece => (isByteLevel ? bytesToByteLevel(piece) : fromUtf8(piece)))
      })
      expect(pieces).toEqual(outputs.map(output => output.map(([piece]) => piece)))
      expect(preTokenizer.json).toEqual(config)
    },
  )
})

describe('decoders give what Hugging Face gives', () => {
  it.each(decoders.map(({ config, outputs }) => [nameOf(config), config, outputs] as const))(
    '%s',
    (_, config, outputs) => {
      const decoder = decoderFromJson(fieldsOf(config))
      expect(texts.tokenLists.map(tokens => decoder.decode(tokens).join(''))).toEqual(outputs)
      expect(decoder.json).toEqual(config)
    },
  )
})

// Truncated pairs and `overflowing` are compared in truncation.test.ts.
interface Details {
  ids: number[]
  type_ids: number[]
  attention: number[]
  special: number[]
  offsets: number[][]
  overflowing: Details[]
}

/** Our encoding in the shape of the golden, whose offsets count code points. */
function detailsOf(encoding: Encoding, text: string): Omit<Details, 'overflowing'> {
  const codePoints = (unit: number) => Array.from(text.slice(0, unit)).length
  return {
    ids: [...encoding.ids],
    type_ids: [...encoding.typeIds],
    attention: [...encoding.attentionMask],
    special: [...encoding.specialTokensMask],
    offsets: Array.from(encoding.ids, (_, i) => [
      codePoints(encoding.offsets[i * 2]!),
      codePoints(encoding.offsets[i * 2 + 1]!),
    ]),
  }
}

const without = ({ ids, type_ids, attention, special, offsets }: Details) => ({
  ids,
  type_ids,
  attention,
  special,
  offsets,
})

describe.each(Object.entries(tokenizers))('the tokenizer %s', (_, golden) => {
  const tokenizer = fromTokenizerJson(golden.json)

  it('encodes as Hugging Face does, with offsets', () => {
    // Where NFKC joins a letter and its accent, our offsets cover both, theirs only the letter.
    for (const { text, ...expected } of golden.cases.filter(({ text }) => !text.startsWith('a\u0301')))
      expect(detailsOf(tokenizer.encoding(text), text)).toEqual(without(expected as Details))
  })

  it('encodes the same without offsets', () => {
    for (const { text, ids } of golden.cases) expect([...tokenizer.encode(text)]).toEqual(ids)
  })

  it('decodes as Hugging Face does', () => {
    expect(texts.texts.map(text => tokenizer.decode(tokenizer.encode(text)))).toEqual(golden.decoded)
  })

  it('encodes a pair', () => {
    const [first, second] = golden.pairTexts as [string, string]
    const encoding = tokenizer.encoding([first, second])
    expect([...encoding.ids]).toEqual(golden.pair.ids)
    expect([...encoding.typeIds]).toEqual(golden.pair.type_ids)
  })

  it('truncates and pads', () => {
    const [first] = golden.pairTexts as [string, string]
    for (const { side, most, stride, padTo, single } of golden.shapes) {
      const truncation = { maxLength: most, stride, side: side as 'left' | 'right' }
      const padding = { id: 3, length: padTo, side: side as 'left' | 'right' }
      const encoding = tokenizer.encoding(first, { truncation, padding })
      expect(detailsOf(encoding, first)).toEqual(without(single as Details))
    }
  })

  it('writes the file that it read', () => {
    const { added_tokens, normalizer, pre_tokenizer, post_processor, decoder, model } = golden.json
    expect(tokenizer.toJson()).toMatchObject({
      added_tokens,
      normalizer,
      pre_tokenizer,
      post_processor,
      decoder,
      model,
    })
  })
})
