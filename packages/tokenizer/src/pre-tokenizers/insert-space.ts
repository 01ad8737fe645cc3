import { utf8Width } from '../bytes/utf8.ts'
import type { Pieces } from './pieces.ts'

const space = Uint8Array.of(0x20)

/** Puts a space before every piece that does not start with one; changes `pieces` in place. */
export function insertSpaces(pieces: Pieces): void {
  insertBefore(pieces, space, i => pieces.bytes[pieces.starts[i]!] !== 0x20)
}

/** Puts `prefix` before the pieces that `wants` it, rewriting the bytes and where they come from. */
export function insertBefore(pieces: Pieces, prefix: Uint8Array, wants: (piece: number) => boolean): void {
  let total = 0
  for (let i = 0; i < pieces.count; i++) total += pieces.ends[i]! - pieces.starts[i]! + (wants(i) ? prefix.length : 0)
  const bytes = new Uint8Array(total)
  const sourceStarts = new Int32Array(total)
  const sourceEnds = new Int32Array(total)
  let at = 0
  for (let i = 0; i < pieces.count; i++) {
    const start = pieces.starts[i]!
    const end = pieces.ends[i]!
    const pieceStart = at
    const add = (byte: number, from: number, to: number) => {
      bytes[at] = byte
      sourceStarts[at] = pieces.sourceStarts ? pieces.sourceStarts[from]! : from
      sourceEnds[at++] = pieces.sourceEnds ? pieces.sourceEnds[to - 1]! : to
    }
    if (wants(i)) for (const byte of prefix) add(byte, start, start + utf8Width(pieces.bytes[start]!))
    for (let from = start; from < end; from++) add(pieces.bytes[from]!, from, from + 1)
    pieces.starts[i] = pieceStart
    pieces.ends[i] = at
  }
  pieces.bytes = bytes
  pieces.sourceStarts = sourceStarts
  pieces.sourceEnds = sourceEnds
}
