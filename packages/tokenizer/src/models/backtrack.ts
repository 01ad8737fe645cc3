import type { GrowableUint32 } from '../bytes/growable.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import { TokenKind, type TokenSplits } from './token-splits.ts'

/** Offsets at which no token may end, as far as the current word is known to have any. */
let deadEnds = /* @__PURE__ */ new Uint8Array(256)
const keptDeadEnds = 1 << 16

/**
 * Byte-pair encoding in linear time, without merging: of all ways to cut a word into tokens the result of merging is the
 * only one in which every two neighbours stay apart when merged together. So take the longest token that fits behind
 * the last one, then a shorter one, and where none fits give back the last one.
 *
 * Appends the ids of `bytes[start..end)` to `ids`; false, with nothing appended, where a byte starts no token or
 * a token is irregular. Source: Antonov and Neubeck, 2024 (the crate `bpe` of github/rust-gems).
 */
export function encodeByBacktracking(
  vocabulary: Vocabulary,
  splits: TokenSplits,
  bytes: Uint8Array,
  start: number,
  end: number,
  ids: GrowableUint32,
): boolean {
  const first = ids.length
  let hasDeadEnds = false
  let token = vocabulary.longestPrefix(bytes, start, end)
  for (let at = start; at < end;) {
    const last = ids.length > first ? ids.data[ids.length - 1]! : -1
    let stop = at
    for (; token >= 0; token = vocabulary.shorterPrefix(token)) {
      const rank = splits.rankOf(token)
      if (rank === TokenKind.irregular) break
      stop = at + splits.lengthOf(token)
      if (rank === TokenKind.unreachable || (hasDeadEnds && deadEnds[stop - start] === 1)) continue
      if (last < 0 || splits.areNeighbours(last, token, bytes, at)) break
    }
    if (token >= 0 && splits.rankOf(token) !== TokenKind.irregular) {
      ids.push(token)
      at = stop
      if (at < end) token = vocabulary.longestPrefix(bytes, at, end)
    } else {
      if (token >= 0 || last < 0) {
        ids.length = first
        return false
      }
      if (!hasDeadEnds) clearDeadEnds(end - start)
      hasDeadEnds = true
      deadEnds[at - start] = 1
      ids.length--
      at -= splits.lengthOf(last)
      token = last
    }
  }
  return true
}

/** The end of the word is an offset, too. */
function clearDeadEnds(length: number): void {
  const isWasteful = deadEnds.length > keptDeadEnds && length < keptDeadEnds
  if (length >= deadEnds.length || isWasteful) deadEnds = new Uint8Array(Math.max(256, length * 2))
  else deadEnds.fill(0, 0, length + 1)
}
