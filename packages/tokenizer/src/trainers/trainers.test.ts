import { describe, expect, it } from 'vitest'
import mergeGoldens from '../../test/goldens/trained-merges.json' with { type: 'json' }
import { training } from '../../test/goldens/texts.json' with { type: 'json' }
import wordPieceGoldens from '../../test/goldens/trained-word-pieces.json' with { type: 'json' }
import { ArgumentError } from '../errors.ts'
import { fromTokenizerJson } from '../files/tokenizer-json.ts'
import { createBpeTrainer, trainBpe } from './bpe-trainer.ts'
import { digamma } from './learn-unigram.ts'
import { trainOnStream } from './trainer.ts'
import { trainUnigram } from './unigram-trainer.ts'
import { trainWordPiece } from './word-piece-trainer.ts'

const modelOf = (tokenizer: { toJson(): object }) =>
  (tokenizer.toJson() as { model: { vocab: object; merges: string[][] } }).model

describe('trainBpe', () => {
  it.each(mergeGoldens)('learns the merges of Hugging Face with $options', ({ options, merges }) => {
    const trained = trainBpe(training, {
      vocabSize: options.vocab_size,
      minFrequency: options.min_frequency ?? 0,
      maxTokenLength: options.max_token_length ?? Infinity,
    })
    expect(modelOf(trained).merges).toEqual(merges)
  })

  it('takes an async iterable and reports progress', async () => {
    async function* lines() {
      for (const line of training) yield Promise.resolve(line)
    }
    const seen: number[] = []
    const trainer = createBpeTrainer({ vocabSize: 700, onProgress: done => seen.push(done) })
    const streamed = await trainOnStream(trainer, await Promise.resolve(lines()))
    expect(streamed.toJson()).toEqual(trainBpe(training, { vocabSize: 700 }).toJson())
    expect(seen.at(-1)).toBe(modelOf(streamed).merges.length)
  })
})

describe('trainWordPiece', () => {
  it.each(wordPieceGoldens)('learns the vocabulary of Hugging Face with $options', ({ options, specials, tokens }) => {
    const trained = trainWordPiece(training, {
      vocabSize: options.vocab_size,
      minFrequency: options.min_frequency ?? 0,
      limitAlphabet: options.limit_alphabet ?? 1000,
      specialTokens: specials,
    })
    expect(tokens.map((_, id) => trained.idToToken(id))).toEqual(tokens)
    expect(trained.vocabSize).toBe(tokens.length)
  })

  const tokenizer = trainWordPiece(training, { vocabSize: 180 })

  it('spells every word of its training text', () => {
    const unknown = tokenizer.tokenToId('[UNK]')
    for (const text of training) expect([...tokenizer.encode(text)]).not.toContain(unknown)
    expect(tokenizer.decode(tokenizer.encode(training[1]!), { skipSpecialTokens: true })).toContain('call me ishmael.')
  })

  it('puts [CLS] and [SEP] around texts', () => {
    expect([...tokenizer.encode('')]).toEqual([tokenizer.tokenToId('[CLS]'), tokenizer.tokenToId('[SEP]')])
  })

  it('has as many tokens as asked for and no more characters than the limit', () => {
    expect(tokenizer.vocabSize).toBe(180)
    const limited = trainWordPiece(['aaa bbb c'], { vocabSize: 50, limitAlphabet: 2 })
    expect([...limited.encode('c', { addSpecialTokens: false })]).toEqual([limited.tokenToId('[UNK]')])
  })

  it('loads what it saved', () => {
    const loaded = fromTokenizerJson(JSON.stringify(tokenizer.toJson()))
    for (const text of training) expect(loaded.encode(text)).toEqual(tokenizer.encode(text))
  })

  it('needs [UNK]', () => {
    expect(() => trainWordPiece('a', { specialTokens: [] })).toThrow(ArgumentError)
  })
})

describe('trainUnigram', () => {
  const tokenizer = trainUnigram(training, { vocabSize: 95, specialTokens: ['<s>'] })

  it('decodes what it encodes', () => {
    for (const text of training) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize('NFKC'))
  })

  it('finds the frequent words', () => {
    expect(Array.from(tokenizer.encode('it was the age'), id => tokenizer.idToToken(id))).toEqual([
      '▁it',
      '▁was',
      '▁the',
      '▁age',
    ])
  })

  it('has as many tokens as asked for, specials first, and scores that are log probabilities', () => {
    const { vocab } = modelOf(tokenizer) as unknown as { vocab: [string, number][] }
    expect(vocab.length).toBe(95)
    expect(vocab.slice(0, 2).map(([token]) => token)).toEqual(['<unk>', '<s>'])
    const mass = vocab.slice(2).reduce((sum, [, score]) => sum + Math.exp(score), 0)
    expect(mass).toBeGreaterThan(0.5)
    expect(mass).toBeLessThan(1.02)
  })

  it('takes what it never saw for unknown', () => {
    expect([...tokenizer.encode('Ж')].at(-1)).toBe(tokenizer.tokenToId('<unk>'))
  })
})

it('digamma has the known values', () => {
  const eulerMascheroni = 0.577215664901532
  expect(digamma(1)).toBeCloseTo(-eulerMascheroni, 8)
  expect(digamma(0.5)).toBeCloseTo(-eulerMascheroni - 2 * Math.LN2, 8)
  expect(digamma(10)).toBeCloseTo(2.251752589066721, 8)
})
