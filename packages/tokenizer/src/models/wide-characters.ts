import { GrowableUint32 } from '../bytes/growable.ts'
import type { Vocabulary } from '../bytes/vocabulary.ts'
import { encodeByBacktracking } from './backtrack.ts'
import type { TokenSplits } from './token-splits.ts'

const space = 0x20
const fourByteLead = 0xf0
const slotShift = 32 - 12
const stride = 4
const none = -1

/** Whether a word starts with a character beyond U+FFFF, behind a space or not. */
export function startsWide(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start] === space ? start + 1 : start
  return first < end && bytes[first]! >= fourByteLead
}

/**
 * Byte-pair encoding of words of characters beyond U+FFFF, emoji most of all, from the tokens of each character, which
 * are remembered. Tokens of which every two neighbours stay apart are the result of merging (see `encodeByBacktracking`),
 * so it is enough to ask where characters meet.
 */
export class WideCharacters {
  private readonly vocabulary: Vocabulary
  private readonly splits: TokenSplits
  private readonly ignoreMerges: boolean
  /** Four numbers a character, which has one place: its code point, doubled, with a space before it 1 more; its ids. */
  private readonly slots = new Int32Array(stride << (32 - slotShift)).fill(none)
  /** For each slot whether a longer word that starts with the character may be a token itself. */
  private readonly mayGoOn = new Uint8Array(1 << (32 - slotShift))
  private readonly found = new GrowableUint32(16)

  constructor(vocabulary: Vocabulary, splits: TokenSplits, ignoreMerges: boolean) {
    this.vocabulary = vocabulary
    this.splits = splits
    this.ignoreMerges = ignoreMerges
  }

  /** Appends the ids of `bytes[start..end)`; false, with nothing appended, if the word needs more than its characters. */
  encode(bytes: Uint8Array, start: number, end: number, ids: GrowableUint32): boolean {
    const { slots, splits } = this
    const first = ids.length
    let last = none
    for (let at = start; at < end;) {
      const spaced = bytes[at] === space ? 1 : 0
      const stop = at + spaced + 4
      if (stop > end || bytes[stop - 4]! < fourByteLead) break
      const key = (codePointBefore(bytes, stop) << 1) | spaced
      const slot = (Math.imul(key, 0x9e3779b1) >>> slotShift) * stride
      if (slots[slot] !== key && !this.remember(slot, key, bytes, at, stop)) break
      if (last === none) {
        if (stop < end && this.mayGoOn[slot / stride] === 1 && this.vocabulary.find(bytes, start, end) >= 0) break
      } else if (!splits.areNeighbours(last, slots[slot + 1]!, bytes, at)) break
      ids.reserve(stride)
      for (let i = slot + 1; i < slot + stride && slots[i] !== none; i++) ids.data[ids.length++] = last = slots[i]!
      if (stop === end) return true
      at = stop
    }
    ids.length = first
    return false
  }

  /** Stores the ids of a character; false if they are too many, or unknown. */
  private remember(slot: number, key: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { slots, found } = this
    found.length = 0
    if (!encodeByBacktracking(this.vocabulary, this.splits, bytes, start, end, found)) return false
    const whole = this.ignoreMerges ? this.vocabulary.find(bytes, start, end) : none
    if (found.length >= stride || (whole !== none && whole !== found.data[0])) return false
    slots[slot] = key
    for (let i = 1; i < stride; i++) slots[slot + i] = i <= found.length ? found.data[i - 1]! : none
    this.mayGoOn[slot / stride] = this.ignoreMerges && this.vocabulary.mayGoOn(bytes, start, end) ? 1 : 0
    return true
  }
}

/** The code point of the four bytes before `end`. */
function codePointBefore(bytes: Uint8Array, end: number): number {
  return (
    ((bytes[end - 4]! & 7) << 18) |
    ((bytes[end - 3]! & 63) << 12) |
    ((bytes[end - 2]! & 63) << 6) |
    (bytes[end - 1]! & 63)
  )
}
