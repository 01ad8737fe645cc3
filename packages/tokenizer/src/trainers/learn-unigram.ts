import { type ScoredPiece, UnigramLattice } from './unigram-lattice.ts'
import { type SeedOptions, seedPieces } from './unigram-seeds.ts'
import type { WordCounts } from './word-counts.ts'

export interface LearnUnigramOptions extends SeedOptions {
  /** Pieces wanted, special tokens not counted. */
  readonly size: number
  /** Each round keeps this part of the pieces. */
  readonly shrinkingFactor: number
  /** EM steps in each round. */
  readonly subIterations: number
  readonly onProgress: ((done: number, total: number) => void) | undefined
}

/** Expected counts below this mean that a piece is not used. */
const usedCount = 0.5

/**
 * Learns a unigram language model: start from many candidates, then alternate between estimating their probabilities by
 * expectation maximisation and dropping those whose loss costs least. All characters are kept. Source: Kudo, 2018
 * (arXiv 1804.10959) and sentencepiece's `unigram::Trainer`.
 */
export function learnUnigram(words: WordCounts, options: LearnUnigramOptions): ScoredPiece[] {
  const seeds = seedPieces(words, options)
  const required = new Set(seeds.pieces.slice(0, seeds.characters).map(keyOf))
  let { pieces } = seeds
  // A few more than wanted are left for the last choice by probability.
  const wanted = Math.floor(options.size * 1.1)
  const excess = pieces.length - wanted
  for (;;) {
    for (let i = 0; i < options.subIterations; i++) pieces = maximise(pieces, words, required)
    options.onProgress?.(excess - Math.max(0, pieces.length - wanted), excess)
    if (pieces.length <= wanted) return finalPieces(pieces, required, options.size)
    pieces = prune(pieces, words, required, Math.max(wanted, Math.floor(pieces.length * options.shrinkingFactor)))
  }
}

const keyOf = ({ bytes }: ScoredPiece) => bytes.join(' ')

/** One EM step; pieces that are not used any more go. */
function maximise(pieces: readonly ScoredPiece[], words: WordCounts, required: ReadonlySet<string>): ScoredPiece[] {
  const { counts } = new UnigramLattice(pieces).expectations(words)
  const kept = pieces.filter(
    (piece, id) => counts[id]! >= usedCount || (piece.bytes.length <= 4 && required.has(keyOf(piece))),
  )
  const keptCounts = pieces.flatMap((piece, id) =>
    counts[id]! >= usedCount ? [counts[id]!] : piece.bytes.length <= 4 && required.has(keyOf(piece)) ? [usedCount] : [],
  )
  // The digamma instead of the logarithm makes rare pieces rarer still (a sparse Bayesian prior).
  const logSum = digamma(keptCounts.reduce((sum, count) => sum + count, 0))
  return kept.map(({ bytes }, i) => ({ bytes, score: digamma(keptCounts[i]!) - logSum }))
}

/** Keeps the characters and those `size` pieces whose absence would raise the loss most. */
function prune(
  pieces: readonly ScoredPiece[],
  words: WordCounts,
  required: ReadonlySet<string>,
  size: number,
): ScoredPiece[] {
  const lattice = new UnigramLattice(pieces)
  const counts = new Float64Array(pieces.length)
  let total = 0
  for (let word = 0; word < words.size; word++)
    for (const id of lattice.bestPath(words.bytesOf(word))) {
      counts[id]! += words.countOf(word)
      total += words.countOf(word)
    }
  const kept: ScoredPiece[] = []
  const candidates: { piece: ScoredPiece; loss: number }[] = []
  pieces.forEach((piece, id) => {
    const alternative = piece.bytes.length === 1 ? [] : lattice.bestPath(piece.bytes, id)
    if (alternative.length === 0 || (piece.bytes.length <= 4 && required.has(keyOf(piece)))) kept.push(piece)
    else if (counts[id]! > 0) candidates.push({ piece, loss: lossWithout(counts, total, id, alternative) })
  })
  candidates.sort((a, b) => b.loss - a.loss)
  for (const { piece } of candidates) {
    if (kept.length >= size) break
    kept.push(piece)
  }
  return kept
}

/** How much the log likelihood falls, relative to the total, when a piece is spelled by its alternative. */
function lossWithout(counts: Float64Array, total: number, id: number, alternative: readonly number[]): number {
  const count = counts[id]!
  const newLogSum = Math.log(total + count * (alternative.length - 1))
  const alternativeLog = alternative.reduce((sum, other) => sum + Math.log(counts[other]! + count) - newLogSum, 0)
  return (count / total) * (Math.log(count) - Math.log(total) - alternativeLog)
}

/** The characters, then the most probable pieces. */
function finalPieces(pieces: readonly ScoredPiece[], required: ReadonlySet<string>, size: number): ScoredPiece[] {
  const byScore = pieces.toSorted((a, b) => b.score - a.score)
  const kept = new Set(byScore.filter(piece => piece.bytes.length <= 4 && required.has(keyOf(piece))))
  for (const piece of byScore) {
    if (kept.size >= size) break
    kept.add(piece)
  }
  return [...kept].sort((a, b) => b.score - a.score)
}

/** The derivative of ln Γ, by its recurrence and asymptotic series. */
export function digamma(x: number): number {
  let result = 0
  for (; x < 7; x++) result -= 1 / x
  const shifted = x - 0.5
  const inverse = 1 / shifted
  const square = inverse * inverse
  // ψ(x) = ln(x − ½) + 1/24 (x − ½)⁻² − 7/960 (x − ½)⁻⁴ + 31/8064 (x − ½)⁻⁶ − 127/30720 (x − ½)⁻⁸ + …
  const series = square * (1 / 24 - square * (7 / 960 - square * (31 / 8064 - square * (127 / 30720))))
  return result + Math.log(shifted) + series
}
