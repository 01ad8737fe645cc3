import { describe, expect, it } from 'vitest'
import {
  FormatError,
  fromTiktoken,
  fromTokenizerJson,
  fromVocabAndMerges,
  fromVocabTxt,
  loadTokenizer,
  trainBpe,
} from '../src/index.ts'
import { fuzzFiles } from './fuzzed-files.ts'

describe('damaged files', () => {
  it('give nothing but typed errors', () => fuzzFiles(2000))

  it.each([
    ['not json', 'this is not JSON'],
    ['[]', 'the file must be an object'],
    ['{}', 'model must be an object'],
    ['{"model":{"type":"Magic"}}', 'there is no model "Magic"'],
    [
      '{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}',
      'model.merges[0]: token "b" is not in the vocabulary',
    ],
    ['{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":["a b"]}}', 'repeats "a"'],
    ['{"model":{"type":"BPE","vocab":{"a":4000000000},"merges":[],"unk_token":"a"}}', 'far beyond'],
    ['{"model":{"type":"BPE","vocab":{},"merges":[]},"normalizer":{"type":"Shout"}}', 'there is no normalizer "Shout"'],
    [
      '{"model":{"type":"WordLevel","vocab":{"a":0}},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(?<=a|bc)(?1)"},"behavior":"Isolated"}}',
      'not supported',
    ],
  ])('%s is an error that says what is wrong', (file, message) => {
    expect(() => fromTokenizerJson(file)).toThrow(FormatError)
    expect(() => fromTokenizerJson(file)).toThrow(message)
  })

  it('that are rank files name the line', () => {
    expect(() => fromTiktoken('YQ== 0\n!!!! 1\n', { pattern: 'gpt2' })).toThrow(
      'rank file, line 2: the token is not base64',
    )
    expect(() => fromTiktoken('YQ== 0\nYg== x\n', { pattern: 'gpt2' })).toThrow('line 2: the rank is not a number')
    expect(() => fromTiktoken('', { pattern: 'gpt2' })).toThrow('no tokens')
  })
})

describe('names that objects have of their own', () => {
  it('round-trip as tokens', () => {
    const specials = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
    const tokenizer = trainBpe('constructor __proto__ toString', { vocabSize: 300, specialTokens: specials })
    const loaded = loadTokenizer(JSON.stringify(tokenizer.toJson()))
    specials.forEach((name, id) => {
      expect(loaded.tokenToId(name)).toBe(id)
      expect(loaded.idToToken(id)).toBe(name)
      expect(loaded.decode(loaded.encode(name, { allowedSpecial: 'all' }))).toBe(name)
    })
    expect(loaded.tokenToId('valueOf')).toBeUndefined()
    const words = fromTokenizerJson({
      model: { type: 'WordLevel', vocab: JSON.parse('{"__proto__":0,"constructor":1}') as object },
      pre_tokenizer: { type: 'WhitespaceSplit' },
    })
    expect([...words.encode('constructor __proto__')]).toEqual([1, 0])
  })
})

describe('vocabulary files', () => {
  it('of GPT-2 make byte-level BPE', () => {
    const tokenizer = fromVocabAndMerges('{"h":0,"i":1,"hi":2,"Ġ":3,"Ġhi":4}', '#version: 0.2\nh i\nĠ hi\n')
    expect([...tokenizer.encode('hi hi')]).toEqual([2, 4])
    expect(tokenizer.decode([2, 4])).toBe('hi hi')
  })

  it('of BERT make WordPiece', () => {
    const tokenizer = fromVocabTxt('[PAD]\n[UNK]\n[CLS]\n[SEP]\nun\n##aff\n##able\n')
    expect([...tokenizer.encode('Unaffable what')]).toEqual([2, 4, 5, 6, 1, 3])
  })
})
