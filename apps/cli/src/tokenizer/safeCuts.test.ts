import {
  CharTokenizer,
  fromTokenizerJson,
  metaspace,
  PipelineTokenizer,
  publishedPatterns,
  type PatternName,
  splitPreTokenizer,
  type Tokenizer,
  trainBpe,
  trainUnigram,
  trainWordPiece,
  unicodeForm,
} from '@wids/tokenizer'
import { expect, it } from 'vitest'
import { cutsOf, lastCut, safeParts } from './safeCuts.ts'

let state = 7
const random = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
const pieces = [
  ...Array.from(" \n\r\tabcXYZ019.,'/-é中Σſ😀\u0301\u00a0\u0085\u3000\ufeff½ﬁ"),
  ' a b',
  ' the',
  "'s",
  '\n\nx',
  '.\ny',
]
const randomText = (): string => Array.from({ length: 40 }, () => pieces[random(pieces.length)]!).join('')
const texts = Array.from({ length: 400 }, randomText)

async function* blocksOf(text: string): AsyncGenerator<string> {
  const characters = Array.from(text)
  for (let at = 0; at < characters.length;) {
    const size = 1 + random(9)
    yield characters.slice(at, at + size).join('')
    at += size
  }
}

/** Ids of a text in parts as short as they may be, and how many parts there were. */
async function encodeInParts(tokenizer: Tokenizer, text: string): Promise<{ ids: number[]; parts: number }> {
  const ids: number[] = []
  let parts = 0
  for await (const part of safeParts(blocksOf(text), cutsOf(tokenizer), 1)) {
    ids.push(...tokenizer.encode(part, { addSpecialTokens: false }))
    parts++
  }
  return { ids, parts }
}

const withStages = (tokenizer: PipelineTokenizer, stages: object): PipelineTokenizer =>
  new PipelineTokenizer({ ...tokenizer.pipeline, ...stages })
const bpe = (pattern: PatternName): PipelineTokenizer => trainBpe(texts, { vocabSize: 900, pattern })
const prefixed = { ...bpe('gpt2').toJson(), pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } }

it.each([
  ['characters', CharTokenizer.train(texts), 'character'],
  ...(Object.keys(publishedPatterns) as PatternName[]).map(name => [name, bpe(name), 'line'] as const),
  ['gpt2 after NFKC', withStages(bpe('gpt2'), { normalizer: unicodeForm('NFKC') }), 'line'],
  ['cl100k after NFC', withStages(bpe('cl100k'), { normalizer: unicodeForm('NFC') }), 'line'],
  ['gpt2 with a space in front', fromTokenizerJson(prefixed), 'space'],
  ['WordPiece', trainWordPiece(texts, { vocabSize: 300 }), 'line'],
  ['Unigram', trainUnigram(texts, { vocabSize: 300 }), 'space'],
] as const)('parts of a text have the ids of the whole: %s', async (_, tokenizer: Tokenizer, cuts) => {
  expect(cutsOf(tokenizer)).toBe(cuts)
  let total = 0
  for (const text of texts) {
    const { ids, parts } = await encodeInParts(tokenizer, text)
    expect({ text, ids }).toEqual({ text, ids: [...tokenizer.encode(text, { addSpecialTokens: false })] })
    total += parts
  }
  expect(total).toBeGreaterThan(texts.length * 1.5)
})

it('does not cut where stages are not known to keep to words', async () => {
  const tokenizer = bpe('gpt2')
  const added = { id: 900, content: 'a b', special: false, singleWord: false, lstrip: false, rstrip: false }
  for (const stages of [
    { preTokenizer: undefined },
    { preTokenizer: metaspace({ split: false }) },
    { preTokenizer: splitPreTokenizer({ pattern: { Regex: '.+' } }) },
    { addedTokens: [{ ...added, normalized: false }] },
    { addedTokens: [{ ...added, content: '<m>', lstrip: true, normalized: false }] },
  ]) {
    const other = withStages(tokenizer, stages)
    expect(cutsOf(other)).toBe('never')
    expect((await encodeInParts(other, texts[0]!)).parts).toBe(1)
  }
})

it.each([
  ['a b c', 0, 'space', 3],
  ['a b c', 3, 'space', 0],
  ['a b  ', 0, 'space', 1],
  ['a. b, c', 0, 'space', 0],
  ['a.\nb', 0, 'space', 0],
  ['a.\nb', 0, 'line', 3],
  ['a.\r\nb', 0, 'line', 0],
  ['a\u0301\nb', 0, 'line', 0],
  ['a b', 0, 'never', 0],
] as const)('cuts %j', (text, from, cuts, place) => expect(lastCut(text, from, cuts)).toBe(place))
