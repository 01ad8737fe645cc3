import { MergeQueue } from './merge-queue.ts'
import { PairStatistics } from './pair-statistics.ts'
import type { SymbolWords, TokenList } from './symbol-words.ts'

export interface LearnOptions {
  readonly vocabSize: number
  readonly minFrequency: number
  /** Longest token in characters. */
  readonly maxTokenLength: number
  readonly continuingPrefix: string
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

/** Merges between two reports of progress. */
const progressEvery = 256

/** One learned merge: ids of the two parts and of what they become. */
export type Merge = readonly [left: number, right: number, merged: number]

/**
 * Learns merges until the vocabulary is full: always the most frequent pair of neighbours, ties to the smaller ids.
 * Adds each merged token to `tokens`. The counts are updated exactly as Hugging Face's `BpeTrainer` does, stale ones
 * included, because the order of merges depends on them.
 */
export function learnMerges(words: SymbolWords, tokens: TokenList, options: LearnOptions): Merge[] {
  const pairs = new PairStatistics()
  const queue = new MergeQueue(pairs)
  const firstPlaces = pairs.countAll(words)
  for (let pair = 0; pair < pairs.size; pair++)
    if (pairs.counts[pair]! > 0) queue.push(pair, pairs.counts[pair]!, firstPlaces[pair]!)
  const merges: Merge[] = []
  const updates = new PairUpdates(pairs)
  const tokenLengths: number[] = tokens.tokens.map(token => Array.from(token).length)
  const atStart = tokens.tokens.length
  const prefixLength = Array.from(options.continuingPrefix).length
  const prefixLengthOf = (token: string) => (token.startsWith(options.continuingPrefix) ? prefixLength : 0)
  const report = () => options.onProgress?.(tokens.tokens.length - atStart, options.vocabSize - atStart)
  while (tokens.tokens.length < options.vocabSize) {
    const entry = nextEntry(queue, pairs, options.minFrequency)
    if (entry < 0) break
    const left = pairs.lefts[queue.pairOf(entry)]!
    const right = pairs.rights[queue.pairOf(entry)]!
    const places = queue.takeWords(entry)
    const name = tokens.tokens[left]! + withoutPrefix(tokens.tokens[right]!, options.continuingPrefix)
    const length = tokenLengths[left]! + tokenLengths[right]! - prefixLengthOf(tokens.tokens[right]!)
    if (length > options.maxTokenLength) continue
    const merged = tokens.add(name)
    tokenLengths[merged] = length
    merges.push([left, right, merged])
    const allowed = options.maxTokenLength - length
    for (let i = 0; i < places.length; i++)
      mergeInWord(words, places[i]!, left, right, merged, updates, symbol => tokenLengths[symbol]! < allowed)
    updates.flush(queue)
    if (merges.length % progressEvery === 0) report()
  }
  report()
  return merges
}

function withoutPrefix(token: string, prefix: string): string {
  return prefix !== '' && token.startsWith(prefix) ? token.slice(prefix.length) : token
}

/** The entry whose queued count is still true, -1 if none is frequent enough; others go back with their new count. */
function nextEntry(queue: MergeQueue, pairs: PairStatistics, minFrequency: number): number {
  for (let entry = queue.pop(); entry >= 0; entry = queue.pop()) {
    const count = pairs.counts[queue.pairOf(entry)]!
    if (queue.poppedCount === count) return count < 1 || count < minFrequency ? -1 : entry
    queue.pushAgain(entry, count)
  }
  return -1
}

function mergeInWord(
  words: SymbolWords,
  word: number,
  left: number,
  right: number,
  merged: number,
  updates: PairUpdates,
  fits: (symbol: number) => boolean,
): void {
  const { symbols } = words
  const start = words.starts[word]!
  const end = start + words.lengths[word]!
  const times = words.counts[word]!
  let kept = start
  for (let i = start; i < end; i++) {
    const symbol = symbols[i]!
    if (symbol !== left || i + 1 === end || symbols[i + 1] !== right) {
      symbols[kept++] = symbol
      continue
    }
    if (kept > start) {
      const before = symbols[kept - 1]!
      updates.remove(before, left, times)
      if (fits(before)) updates.add(before, merged, times, word)
    }
    i++
    if (i + 1 < end) {
      const after = symbols[i + 1]!
      updates.remove(right, after, times)
      if (fits(after)) updates.add(merged, after, times, word)
    }
    symbols[kept++] = merged
  }
  words.lengths[word] = kept - start
}

/** Changes of pair counts during one merge, and the words in which pairs newly occur. */
class PairUpdates {
  private readonly pairs: PairStatistics
  private readonly touched: number[] = []
  private readonly words: (number[] | undefined)[] = []

  constructor(pairs: PairStatistics) {
    this.pairs = pairs
  }

  remove(left: number, right: number, times: number): void {
    this.pairs.counts[this.pairs.numberOf(left, right)]! -= times
  }

  add(left: number, right: number, times: number, word: number): void {
    const pair = this.pairs.numberOf(left, right)
    this.pairs.counts[pair]! += times
    while (this.words.length <= pair) this.words.push(undefined)
    const list = this.words[pair]
    if (!list) {
      this.words[pair] = [word]
      this.touched.push(pair)
    } else if (list[list.length - 1] !== word) list.push(word)
  }

  /** Queues the pairs that newly occur and forgets the changes. */
  flush(queue: MergeQueue): void {
    for (const pair of this.touched) {
      const count = this.pairs.counts[pair]!
      if (count > 0) queue.push(pair, count, this.words[pair]!)
      this.words[pair] = undefined
    }
    this.touched.length = 0
  }
}
