import { neverMerges } from '../bytes/pair-table.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import type { Merges } from './bpe-merges.ts'

/** What `rankOf` gives for a token that is no merge. */
export const TokenKind = {
  /** A word starts from it: a byte or a character. */
  base: -1,
  /** Merging its bytes does not end in it. */
  unreachable: -2,
  /** A part of it merges later than it does itself, or it is very long: nothing is known about it. */
  irregular: -3,
} as const

const unknown = -4

/** Longer tokens count as irregular, which bounds how deep splits are looked for. */
const longestSplit = 512

const verdictShift = 32 - 15
/** `left * idLimit + right` and one bit more are exact in a double. */
const idLimit = 2 ** 26

/**
 * From which two tokens, at which rank, each token is merged, when merging starts from its bytes alone. Worked out when
 * first asked for, because working it out for all tokens would take longer than loading them.
 */
export class TokenSplits {
  private readonly vocabulary: Vocabulary
  private readonly merges: Merges
  private readonly isBase: (id: number) => boolean
  /** Four numbers a token, beside each other because they are used together: rank, left, right, length. */
  private readonly records: Int32Array
  /** Pairs of tokens, whether they are neighbours in the lowest bit; each has one place, where the latest one stays. */
  private readonly verdicts = new Float64Array(1 << (32 - verdictShift)).fill(-1)

  constructor(vocabulary: Vocabulary, merges: Merges, isBase: (id: number) => boolean) {
    this.vocabulary = vocabulary
    this.merges = merges
    this.isBase = isBase
    this.records = new Int32Array(vocabulary.size * 4).fill(unknown)
  }

  /** The rank of the merge that makes the token, or one of `TokenKind`. */
  rankOf(id: number): number {
    const rank = this.records[id * 4]!
    return rank === unknown ? this.split(id) : rank
  }

  /** The length in bytes of a token whose rank was asked for. */
  lengthOf(id: number): number {
    return this.records[id * 4 + 3]!
  }

  /** As `staysApart` without a limit, remembering the answer. */
  areNeighbours(left: number, right: number, bytes: Uint8Array, boundary: number): boolean {
    const { verdicts } = this
    const slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77)) >>> verdictShift
    const key = (left * idLimit + right) * 2
    const known = verdicts[slot]! - key
    if (known === 0 || known === 1) return known === 1
    const verdict = this.staysApart(left, right, neverMerges, bytes, boundary)
    verdicts[slot] = verdict ? key + 1 : key
    return verdict
  }

  /**
   * Whether two tokens stay as they are when the bytes of both are merged together, as far as merges below `limit` go.
   * Undoes the merges of both sides, the latest first: had any pair across the boundary an earlier turn, it would have
   * merged. `boundary` is where in `bytes` the tokens meet. Both must be merged by rank or be `base`.
   */
  private staysApart(left: number, right: number, limit: number, bytes: Uint8Array, boundary: number): boolean {
    const { records, merges } = this
    for (;;) {
      const leftAt = left * 4
      const rightAt = right * 4
      const start = boundary - records[leftAt + 3]!
      const end = boundary + records[rightAt + 3]!
      if (merges.rankOf(left, right, bytes, start, end) < limit) return false
      const leftRank = records[leftAt]!
      const rightRank = records[rightAt]!
      if (leftRank > rightRank) {
        limit = leftRank
        left = records[leftAt + 2]!
      } else if (rightRank >= 0) {
        // Of equal ranks the left pair comes first, so here the pair across the boundary would.
        limit = rightRank + 1
        right = records[rightAt + 1]!
      } else return true
    }
  }

  private split(id: number): number {
    const { records } = this
    records[id * 4 + 3] = this.vocabulary.lengthOf(id)
    return (records[id * 4] = this.findSplit(id))
  }

  /** Stores the parts of a token and returns its rank. */
  private findSplit(id: number): number {
    const { vocabulary, merges } = this
    if (this.isBase(id)) return TokenKind.base
    const length = vocabulary.lengthOf(id)
    if (length > longestSplit) return TokenKind.irregular
    const bytes = vocabulary.bytesOf(id)
    let kind: number = TokenKind.unreachable
    for (let left = vocabulary.shorterPrefix(id); left >= 0; left = vocabulary.shorterPrefix(left)) {
      const middle = vocabulary.lengthOf(left)
      const right = vocabulary.find(bytes, middle, length)
      if (right < 0) continue
      const rank = merges.rankOf(left, right, bytes, 0, length)
      if (rank === neverMerges || merges.merged !== id) continue
      const latestPart = Math.max(this.rankOf(left), this.rankOf(right))
      const worstPart = Math.min(this.rankOf(left), this.rankOf(right))
      if (worstPart === TokenKind.unreachable) continue
      if (worstPart === TokenKind.irregular || latestPart >= rank) kind = TokenKind.irregular
      else if (this.staysApart(left, right, rank, bytes, middle)) {
        this.records[id * 4 + 1] = left
        this.records[id * 4 + 2] = right
        return rank
      }
    }
    return kind
  }
}
