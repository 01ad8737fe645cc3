import { wordPieceDecoder } from '../decoders/word-piece.ts'
import { ArgumentError } from '../errors.ts'
import { Fields } from '../files/fields.ts'
import { modelFromJson } from '../models/model-from-json.ts'
import { bertNormalizer, type BertNormalizerOptions } from '../normalizers/bert.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { postProcessorFromJson } from '../post-processors/post-processor-from-json.ts'
import { bertPreTokenizer } from '../pre-tokenizers/bert.ts'
import { learnMerges } from './learn-merges.ts'
import { specialTokensFrom } from './special-tokens.ts'
import { spellWords, TokenList } from './symbol-words.ts'
import { trainOn, type Trainer } from './trainer.ts'
import { WordCounter, type WordLimit } from './word-counter.ts'

/** Options of {@link trainWordPiece}. */
export interface WordPieceTrainerOptions extends WordLimit {
  /** Size of the vocabulary, alphabet and special tokens included. Default 30,000. */
  vocabSize?: number
  /** A pair must occur so often to be merged. Default 0. */
  minFrequency?: number
  /** At most so many characters; rarer ones become `[UNK]`. Default 1,000. */
  limitAlphabet?: number
  /** Characters that are in the vocabulary whether they occur or not. */
  initialAlphabet?: Iterable<string>
  /** Tokens that get the first ids; `[UNK]` must be one. Default BERT's five. */
  specialTokens?: readonly string[]
  /** What is done to texts first; see `bertNormalizer`. */
  normalizer?: BertNormalizerOptions
  /** Called now and then with the number of merges learned and the number wanted. */
  onProgress?: (done: number, total: number) => void
}

const continuingPrefix = '##'

/**
 * A trainer of WordPiece, the tokenizer of BERT. As in Hugging Face's trainer the vocabulary is learned by byte-pair
 * merges; Google never published its own.
 *
 * @example
 * const tokenizer = trainOn(createWordPieceTrainer({ vocabSize: 5000 }), lines)
 */
export function createWordPieceTrainer(options: WordPieceTrainerOptions = {}): Trainer {
  const { vocabSize = 30_000, specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] } = options
  if (!specialTokens.includes('[UNK]'))
    throw new ArgumentError(
      'trainWordPiece: specialTokens must include "[UNK]", which stands for words that cannot be spelled',
      'specialTokens',
    )
  if (!Number.isInteger(vocabSize) || vocabSize < specialTokens.length)
    throw new ArgumentError(
      `trainWordPiece: vocabSize must be a whole number from ${specialTokens.length}, the special tokens, got ${vocabSize}`,
      'vocabSize',
    )
  const normalizer = bertNormalizer(options.normalizer)
  const preTokenizer = bertPreTokenizer()
  const counter = new WordCounter(normalizer, preTokenizer, options)
  return {
    feed: text => counter.feed(text),
    train() {
      const tokens = learnVocabulary(counter, options, vocabSize, specialTokens)
      const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]))
      const json = {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: continuingPrefix,
        max_input_chars_per_word: 100,
        vocab,
      }
      const idOf = (token: string) => specialTokens.indexOf(token)
      const template = { type: 'BertProcessing', sep: ['[SEP]', idOf('[SEP]')], cls: ['[CLS]', idOf('[CLS]')] }
      const hasTemplate = idOf('[CLS]') >= 0 && idOf('[SEP]') >= 0
      return new PipelineTokenizer({
        addedTokens: specialTokensFrom(specialTokens),
        normalizer,
        preTokenizer,
        model: modelFromJson(new Fields(json, 'model', 'tokenizer.json'), false),
        postProcessor: hasTemplate
          ? postProcessorFromJson(new Fields(template, 'post_processor', 'tokenizer.json'))
          : undefined,
        decoder: wordPieceDecoder(),
      })
    },
  }
}

function learnVocabulary(
  counter: WordCounter,
  options: WordPieceTrainerOptions,
  vocabSize: number,
  specialTokens: readonly string[],
): string[] {
  const list = new TokenList()
  for (const token of specialTokens) list.add(token)
  const words = spellWords(counter.words, list, {
    byteLevel: false,
    initialAlphabet: options.initialAlphabet ?? [],
    limitAlphabet: options.limitAlphabet ?? 1000,
    continuingPrefix,
    endOfWordSuffix: '',
  })
  const { minFrequency = 0, onProgress } = options
  learnMerges(words, list, { vocabSize, minFrequency, maxTokenLength: Infinity, continuingPrefix, onProgress })
  return list.tokens
}

/** Trains WordPiece on texts; see `createWordPieceTrainer` for texts that do not fit in memory. */
export function trainWordPiece(
  texts: string | Iterable<string>,
  options: WordPieceTrainerOptions = {},
): PipelineTokenizer {
  return trainOn(createWordPieceTrainer(options), texts)
}
