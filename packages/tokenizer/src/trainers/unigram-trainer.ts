import { fromUtf8 } from '../bytes/utf8.ts'
import { metaspaceDecoder } from '../decoders/metaspace.ts'
import { ArgumentError } from '../errors.ts'
import { Fields } from '../files/fields.ts'
import { modelFromJson } from '../models/model-from-json.ts'
import type { Normalizer } from '../normalizers/normalizer.ts'
import { unicodeForm } from '../normalizers/unicode-form.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { metaspace } from '../pre-tokenizers/metaspace.ts'
import { learnUnigram } from './learn-unigram.ts'
import { specialTokensFrom } from './special-tokens.ts'
import { trainOn, type Trainer } from './trainer.ts'
import { WordCounter, type WordLimit } from './word-counter.ts'

/** Options of {@link trainUnigram}. */
export interface UnigramTrainerOptions extends WordLimit {
  /** Size of the vocabulary, special tokens included. Default 8,000. */
  vocabSize?: number
  /** The token for unknown characters. Default `<unk>`. */
  unknownToken?: string
  /** Tokens that get the first ids and are never cut; the unknown token is put first if it is not among them. */
  specialTokens?: readonly string[]
  /** What is done to texts first. Default NFKC. */
  normalizer?: Normalizer
  /** Each round keeps this part of the pieces. Default 0.75. */
  shrinkingFactor?: number
  /** EM steps in each round. Default 2. */
  subIterations?: number
  /** Longest piece in characters. Default 16. */
  maxPieceLength?: number
  /** Candidates to start from. Default 1,000,000. */
  seedSize?: number
  /** Called after each round with the number of candidates dropped and the number to drop. */
  onProgress?: (done: number, total: number) => void
}

/**
 * A trainer of the unigram language model, the tokenizer of T5 and XLNet, on words that carry their space in front.
 *
 * @example
 * const trainer = createUnigramTrainer({ vocabSize: 8000 })
 * for await (const line of lines) trainer.feed(line)
 * const tokenizer = trainer.train()
 */
export function createUnigramTrainer(options: UnigramTrainerOptions = {}): Trainer {
  const { vocabSize = 8000, unknownToken = '<unk>', normalizer = unicodeForm('NFKC') } = options
  const specials = [
    ...new Set([
      ...(options.specialTokens?.includes(unknownToken) ? [] : [unknownToken]),
      ...(options.specialTokens ?? []),
    ]),
  ]
  if (!Number.isInteger(vocabSize) || vocabSize <= specials.length)
    throw new ArgumentError(
      `trainUnigram: vocabSize must be a whole number above ${specials.length}, the special tokens, got ${vocabSize}`,
      'vocabSize',
    )
  const preTokenizer = metaspace()
  const counter = new WordCounter(normalizer, preTokenizer, options)
  return {
    feed: text => counter.feed(text),
    train() {
      const pieces = learnUnigram(counter.words, {
        size: vocabSize - specials.length,
        shrinkingFactor: options.shrinkingFactor ?? 0.75,
        subIterations: options.subIterations ?? 2,
        maxPieceLength: options.maxPieceLength ?? 16,
        seedSize: options.seedSize ?? 1_000_000,
        onProgress: options.onProgress,
      })
      const vocab = [
        ...specials.map(token => [token, 0]),
        ...pieces.map(({ bytes, score }) => [fromUtf8(bytes), score]),
      ]
      const json = { type: 'Unigram', unk_id: specials.indexOf(unknownToken), vocab, byte_fallback: false }
      return new PipelineTokenizer({
        addedTokens: specialTokensFrom(specials),
        normalizer,
        preTokenizer,
        model: modelFromJson(new Fields(json, 'model', 'tokenizer.json'), false),
        decoder: metaspaceDecoder(),
      })
    },
  }
}

/** Trains a unigram model on texts; see `createUnigramTrainer` for texts that do not fit in memory. */
export function trainUnigram(texts: string | Iterable<string>, options: UnigramTrainerOptions = {}): PipelineTokenizer {
  return trainOn(createUnigramTrainer(options), texts)
}
