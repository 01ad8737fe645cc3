import { utf8Width } from '../bytes/utf8.ts'
import type { ScoredPiece } from './unigram-lattice.ts'
import { WordCounts } from './word-counts.ts'

export interface SeedOptions {
  /** Keep at most so many candidates. */
  readonly seedSize: number
  /** Longest candidate in characters. */
  readonly maxPieceLength: number
}

/**
 * The candidates to start from: all characters, and the substrings of words that occur at least twice, those first that
 * cover most text. The characters come first in the list.
 */
export function seedPieces(words: WordCounts, options: SeedOptions): { pieces: ScoredPiece[]; characters: number } {
  const characters = new WordCounts()
  const substrings = countSubstrings(words, characters, options.maxPieceLength)
  const candidates: { id: number; weight: number }[] = []
  for (let id = 0; id < substrings.size; id++) {
    const count = substrings.countOf(id)
    if (count >= 2) candidates.push({ id, weight: count * lengthOf(substrings.bytesOf(id)) })
  }
  candidates.sort((a, b) => b.weight - a.weight || a.id - b.id)
  candidates.length = Math.min(candidates.length, options.seedSize)
  const pieces: ScoredPiece[] = []
  for (let id = 0; id < characters.size; id++)
    pieces.push({ bytes: characters.bytesOf(id).slice(), score: characters.countOf(id) })
  for (const { id, weight } of candidates) pieces.push({ bytes: substrings.bytesOf(id).slice(), score: weight })
  const logSum = Math.log(pieces.reduce((sum, { score }) => sum + score, 0))
  for (const piece of pieces) piece.score = Math.log(piece.score) - logSum
  return { pieces, characters: characters.size }
}

function countSubstrings(words: WordCounts, characters: WordCounts, longest: number): WordCounts {
  const substrings = new WordCounts()
  for (let word = 0; word < words.size; word++) {
    const bytes = words.bytesOf(word)
    const times = words.countOf(word)
    for (let start = 0; start < bytes.length; start += utf8Width(bytes[start]!)) {
      let end = start + utf8Width(bytes[start]!)
      characters.add(bytes, start, end, times)
      for (let length = 2; length <= longest && end < bytes.length; length++) {
        end += utf8Width(bytes[end]!)
        substrings.add(bytes, start, end, times)
      }
    }
  }
  return substrings
}

/** Characters of UTF-8 bytes. */
export function lengthOf(bytes: Uint8Array): number {
  let length = 0
  for (let at = 0; at < bytes.length; at += utf8Width(bytes[at]!)) length++
  return length
}
