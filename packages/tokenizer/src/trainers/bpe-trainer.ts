import { byteLevelSpelling, byteToChar } from '../bytes/byte-alphabet.ts'
import { PairTable } from '../bytes/pair-table.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import { byteLevelDecoder } from '../decoders/byte-level.ts'
import { ArgumentError } from '../errors.ts'
import { BpeModel } from '../models/bpe.ts'
import { Merges } from '../models/bpe-merges.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { byteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import { sequencePreTokenizer } from '../pre-tokenizers/sequence.ts'
import { splitPreTokenizer } from '../pre-tokenizers/split.ts'
import { type PatternName, publishedPatterns } from '../scanners/published-patterns.ts'
import { learnMerges, type Merge } from './learn-merges.ts'
import { specialTokensFrom } from './special-tokens.ts'
import { type AlphabetOptions, spellWords, TokenList } from './symbol-words.ts'
import { trainOn, type Trainer } from './trainer.ts'
import { WordCounter, type WordLimit } from './word-counter.ts'

/** Options of {@link trainBpe}. */
export interface BpeTrainerOptions extends WordLimit {
  /** Size of the vocabulary, alphabet and special tokens included. Default 30,000. */
  vocabSize?: number
  /** A pair must occur so often to be merged. Default 0. */
  minFrequency?: number
  /** Tokens that get the first ids and are never cut. */
  specialTokens?: readonly string[]
  /** How text is cut into words: the name of a published pattern, or a regular expression. Default `gpt2`. */
  pattern?: PatternName | { regex: string }
  /** Merges make tokens shorter than this, in characters of the vocabulary. Default: no limit. */
  maxTokenLength?: number
  /** Called now and then with the number of merges learned and the number wanted. */
  onProgress?: (done: number, total: number) => void
}

/**
 * A trainer of byte-level BPE, the tokenizer of GPT-2 and its successors. All 256 bytes are in the vocabulary, so every
 * text can be encoded. The merges are those of Hugging Face's `BpeTrainer` for the same input.
 *
 * @example
 * const trainer = createBpeTrainer({ vocabSize: 1000 })
 * for await (const line of lines) trainer.feed(line)
 * const tokenizer = trainer.train()
 */
export function createBpeTrainer(options: BpeTrainerOptions = {}): Trainer {
  const { vocabSize = 30_000, minFrequency = 0, specialTokens = [], maxTokenLength = Infinity } = options
  const smallest = 256 + new Set(specialTokens).size
  if (!Number.isInteger(vocabSize) || vocabSize < smallest)
    throw new ArgumentError(
      `trainBpe: vocabSize must be a whole number from ${smallest} (256 bytes and the special tokens), got ${vocabSize}`,
      'vocabSize',
    )
  const preTokenizer = preTokenizerOf(options.pattern ?? 'gpt2')
  const counter = new WordCounter(undefined, preTokenizer, options)
  return {
    feed: text => counter.feed(text),
    train() {
      const tokens = new TokenList()
      for (const token of specialTokens) tokens.add(token)
      const words = spellWords(counter.words, tokens, byteAlphabet)
      const { onProgress } = options
      const merges = learnMerges(words, tokens, {
        vocabSize,
        minFrequency,
        maxTokenLength,
        continuingPrefix: '',
        onProgress,
      })
      return new PipelineTokenizer({
        addedTokens: specialTokensFrom(specialTokens),
        preTokenizer,
        model: modelOf(tokens, merges),
        decoder: byteLevelDecoder(),
      })
    },
  }
}

/** Trains byte-level BPE on texts; see `createBpeTrainer` for texts that do not fit in memory. */
export function trainBpe(texts: string | Iterable<string>, options: BpeTrainerOptions = {}): PipelineTokenizer {
  return trainOn(createBpeTrainer(options), texts)
}

const byteAlphabet: AlphabetOptions = {
  byteLevel: true,
  initialAlphabet: byteToChar,
  limitAlphabet: Infinity,
  continuingPrefix: '',
  endOfWordSuffix: '',
}

/** The model as it is, without the detour over a file. */
function modelOf({ tokens }: TokenList, merges: readonly Merge[]): BpeModel {
  const vocabulary = new Vocabulary(tokens.length, tokens.length, byteLevelSpelling)
  tokens.forEach((token, id) => vocabulary.addToken(id, token))
  const table = new PairTable(merges.length)
  merges.forEach(([left, right, merged], rank) => {
    const entry = table.find(left, right)
    if (entry < 0) table.add(left, right, rank, merged)
    else table.setRank(entry, rank)
  })
  return new BpeModel({
    vocabulary,
    merges: Merges.listed(table),
    toJson: () => ({
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => [tokens[left]!, tokens[right]!]),
    }),
  })
}

function preTokenizerOf(pattern: PatternName | { regex: string }): PreTokenizer {
  if (pattern === 'gpt2') return byteLevelPreTokenizer({ addPrefixSpace: false })
  const regex = typeof pattern === 'string' ? publishedPatterns[pattern] : pattern.regex
  return sequencePreTokenizer([
    splitPreTokenizer({ pattern: { Regex: regex } }),
    byteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
  ])
}
