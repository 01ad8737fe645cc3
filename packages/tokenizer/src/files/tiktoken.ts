import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import { toUtf8 } from '../bytes/utf8.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import { byteLevelDecoder } from '../decoders/byte-level.ts'
import { ArgumentError, FormatError } from '../errors.ts'
import { BpeModel } from '../models/bpe.ts'
import { Merges } from '../models/bpe-merges.ts'
import { rankedModelToJson } from '../models/ranked-model-json.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { byteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts'
import { sequencePreTokenizer } from '../pre-tokenizers/sequence.ts'
import { splitPreTokenizer } from '../pre-tokenizers/split.ts'
import { type PatternName, publishedPatterns } from '../scanners/published-patterns.ts'
import { decodeBase64 } from './base64.ts'

/** Options of {@link fromTiktoken}. */
export interface TiktokenOptions {
  /** How text is cut into words: the name of a published pattern, or a regular expression. */
  pattern: PatternName | { regex: string }
  /** Special tokens with their ids; rank files do not hold them. */
  specialTokens?: { readonly [token: string]: number }
}

/** Patterns and special tokens of OpenAI's encodings, to be used with their rank files. */
export const tiktokenEncodings = {
  r50k_base: { pattern: 'gpt2', specialTokens: { '<|endoftext|>': 50256 } },
  p50k_base: { pattern: 'gpt2', specialTokens: { '<|endoftext|>': 50256 } },
  p50k_edit: {
    pattern: 'gpt2',
    specialTokens: {
      '<|endoftext|>': 50256,
      '<|fim_prefix|>': 50281,
      '<|fim_middle|>': 50282,
      '<|fim_suffix|>': 50283,
    },
  },
  cl100k_base: {
    pattern: 'cl100k',
    specialTokens: {
      '<|endoftext|>': 100257,
      '<|fim_prefix|>': 100258,
      '<|fim_middle|>': 100259,
      '<|fim_suffix|>': 100260,
      '<|endofprompt|>': 100276,
    },
  },
  o200k_base: { pattern: 'o200k', specialTokens: { '<|endoftext|>': 199999, '<|endofprompt|>': 200018 } },
} as const satisfies { readonly [name: string]: TiktokenOptions }

/**
 * A tokenizer from a rank file of tiktoken: lines of a token in base64 and its rank, which is also its id. Throws
 * `FormatError` with the line.
 *
 * @example
 * const ranks = await readFile('cl100k_base.tiktoken')
 * const tokenizer = fromTiktoken(ranks, tiktokenEncodings.cl100k_base)
 */
export function fromTiktoken(ranks: Uint8Array | string, options: TiktokenOptions): PipelineTokenizer {
  const vocabulary = readRanks(typeof ranks === 'string' ? toUtf8(ranks) : ranks)
  const addedTokens = Object.entries(options.specialTokens ?? {}).map(([content, id]) => {
    if (!Number.isInteger(id) || id < 0 || vocabulary.has(id))
      throw new ArgumentError(
        `fromTiktoken: the special token ${JSON.stringify(content)} needs an id that no other token has, got ${id}`,
        'specialTokens',
      )
    return { id, content, special: true, singleWord: false, lstrip: false, rstrip: false, normalized: false }
  })
  const { pattern } = options
  const regex = typeof pattern === 'string' ? publishedPatterns[pattern] : pattern.regex
  const merges = Merges.ranked(vocabulary)
  return new PipelineTokenizer({
    addedTokens,
    preTokenizer: sequencePreTokenizer([
      splitPreTokenizer({ pattern: { Regex: regex } }),
      byteLevelPreTokenizer({ addPrefixSpace: false, useRegex: false }),
    ]),
    model: new BpeModel({ vocabulary, merges, ignoreMerges: true, toJson: () => rankedModelToJson(vocabulary) }),
    decoder: byteLevelDecoder(),
  })
}

function readRanks(file: Uint8Array): Vocabulary {
  const lines = splitLines(file)
  const size = lines.reduce((size, line) => Math.max(size, line.rank + 1), 0)
  if (size > lines.length * 8 + 1_000_000)
    throw new FormatError(`rank file: rank ${size - 1} is far beyond the ${lines.length} tokens there are`, 'tiktoken')
  const vocabulary = new Vocabulary(size, lines.length, byteLevelSpelling)
  const token = new Uint8Array(lines.reduce((longest, line) => Math.max(longest, line.end - line.start), 4))
  lines.forEach((line, i) => {
    const length = decodeBase64(file, line.start, line.end, token)
    if (length <= 0) throw lineError(i, 'the token is not base64')
    if (!vocabulary.add(line.rank, token.subarray(0, length)))
      throw lineError(i, 'the token or its rank is there twice')
  })
  return vocabulary
}

interface RankLine {
  start: number
  end: number
  rank: number
}

function splitLines(file: Uint8Array): RankLine[] {
  const lines: RankLine[] = []
  let number = 0
  for (let at = 0; at < file.length; number++) {
    let stop = file.indexOf(0x0a, at)
    if (stop < 0) stop = file.length
    const end = stop > at && file[stop - 1] === 0x0d ? stop - 1 : stop
    if (end > at) lines.push(readLine(file, at, end, number))
    at = stop + 1
  }
  if (lines.length === 0) throw new FormatError('rank file: there are no tokens in it', 'tiktoken')
  return lines
}

function readLine(file: Uint8Array, start: number, end: number, number: number): RankLine {
  let space = start
  while (space < end && file[space] !== 0x20) space++
  let rank = 0
  for (let at = space + 1; at < end; at++) {
    const digit = file[at]! - 0x30
    if (digit < 0 || digit > 9 || rank > 1e8) throw lineError(number, 'the rank is not a number')
    rank = rank * 10 + digit
  }
  if (space === start || space + 1 >= end)
    throw lineError(number, 'a line must be a token in base64, a space and a rank')
  return { start, end: space, rank }
}

function lineError(index: number, message: string): FormatError {
  return new FormatError(`rank file, line ${index + 1}: ${message}`, 'tiktoken', `line ${index + 1}`)
}
