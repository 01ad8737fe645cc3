import { ByteTrie } from '../bytes/byte-trie.ts'
import { utf8Width } from '../bytes/utf8.ts'
import type { WordCounts } from './word-counts.ts'

/** A candidate token and its log probability. */
export interface ScoredPiece {
  readonly bytes: Uint8Array
  score: number
}

/** Sums over all ways to cut words into pieces. */
export class UnigramLattice {
  private readonly trie: ByteTrie
  private readonly pieces: readonly ScoredPiece[]
  private readonly probabilities: Float64Array
  private forward = new Float64Array(256)
  private backward = new Float64Array(256)
  private best = new Float64Array(256)
  private from = new Int32Array(256)
  private token = new Int32Array(256)

  constructor(pieces: readonly ScoredPiece[]) {
    this.pieces = pieces
    this.probabilities = Float64Array.from(pieces, ({ score }) => Math.exp(score))
    this.trie = new ByteTrie(pieces.length * 8)
    pieces.forEach(({ bytes }, id) => this.trie.insert(bytes, id))
  }

  /**
   * The E step: how often each piece is expected to occur in the words, weighted by the probability of every way to cut
   * them. Also returns the log likelihood of the words, per word.
   */
  expectations(words: WordCounts): { counts: Float64Array; loss: number } {
    const counts = new Float64Array(this.pieces.length)
    let loss = 0
    let total = 0
    for (let word = 0; word < words.size; word++) {
      const times = words.countOf(word)
      const likelihood = this.addExpectations(words.bytesOf(word), times, counts)
      total += times
      if (likelihood > 0) loss -= times * Math.log(likelihood)
    }
    return { counts, loss: loss / total }
  }

  /** Forward and backward sums are products of probabilities; words are short enough for doubles to hold them. */
  private addExpectations(bytes: Uint8Array, times: number, counts: Float64Array): number {
    const { length } = bytes
    this.reserve(length + 1)
    const { forward, backward, probabilities } = this
    forward.fill(0, 0, length + 1)
    backward.fill(0, 0, length + 1)
    forward[0] = 1
    backward[length] = 1
    this.forEachEdge(bytes, (start, end, id) => {
      forward[end]! += forward[start]! * probabilities[id]!
    })
    const likelihood = forward[length]!
    if (likelihood === 0) return 0
    for (let start = length - 1; start >= 0; start--)
      if ((bytes[start]! & 0xc0) !== 0x80) backward[start] = this.sumFrom(bytes, start, backward)
    const scale = times / likelihood
    this.forEachEdge(bytes, (start, end, id) => {
      counts[id]! += forward[start]! * probabilities[id]! * backward[end]! * scale
    })
    return likelihood
  }

  private sumFrom(bytes: Uint8Array, start: number, backward: Float64Array): number {
    let sum = 0
    let node = 0
    for (let at = start; at < bytes.length; at++) {
      node = this.trie.step(node, bytes[at]!)
      if (node < 0) break
      const id = this.trie.valueAt(node)
      if (id >= 0) sum += this.probabilities[id]! * backward[at + 1]!
    }
    return sum
  }

  private forEachEdge(bytes: Uint8Array, visit: (start: number, end: number, id: number) => void): void {
    for (let start = 0; start < bytes.length; start += utf8Width(bytes[start]!)) {
      let node = 0
      for (let at = start; at < bytes.length; at++) {
        node = this.trie.step(node, bytes[at]!)
        if (node < 0) break
        const id = this.trie.valueAt(node)
        if (id >= 0) visit(start, at + 1, id)
      }
    }
  }

  /** The most probable way to cut `bytes`, without the piece `except`; empty if there is none. */
  bestPath(bytes: Uint8Array, except = -1): number[] {
    const { length } = bytes
    this.reserve(length + 1)
    const { best, from, token, pieces } = this
    best.fill(-Infinity, 0, length + 1)
    best[0] = 0
    this.forEachEdge(bytes, (start, end, id) => {
      const score = best[start]! + pieces[id]!.score
      if (id === except || score <= best[end]!) return
      best[end] = score
      from[end] = start
      token[end] = id
    })
    const path: number[] = []
    if (best[length] === -Infinity) return path
    for (let at = length; at > 0; at = from[at]!) path.push(token[at]!)
    return path.reverse()
  }

  private reserve(length: number): void {
    if (length <= this.forward.length) return
    this.forward = new Float64Array(length * 2)
    this.backward = new Float64Array(length * 2)
    this.best = new Float64Array(length * 2)
    this.from = new Int32Array(length * 2)
    this.token = new Int32Array(length * 2)
  }
}
