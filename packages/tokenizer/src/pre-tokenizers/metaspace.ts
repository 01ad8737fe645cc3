import { toUtf8 } from '../bytes/utf8.ts'
import { insertBefore } from './insert-space.ts'
import { Pieces } from './pieces.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

export type PrependScheme = 'always' | 'never' | 'first'

export interface MetaspaceOptions {
  /** The character that stands for a space, `▁` unless the file says otherwise. */
  replacement?: string
  /** Whether the replacement is put before every piece, only at the start of the text, or nowhere. */
  prependScheme?: PrependScheme
  /** Cut before every replacement. */
  split?: boolean
}

/** sentencepiece's way with spaces: they become `▁` and stay at the front of words. */
export function metaspace(options: MetaspaceOptions = {}): PreTokenizer {
  const { replacement = '▁', prependScheme = 'always', split = true } = options
  const mark = toUtf8(replacement)
  return {
    json: { type: 'Metaspace', replacement, prepend_scheme: prependScheme, split },
    split(input, output) {
      const pieces = replaceSpaces(input, mark)
      if (prependScheme !== 'never') {
        const isWanted = (i: number) => prependScheme === 'always' || (i === 0 && input.isTextStart)
        const wants = (i: number) => isWanted(i) && !startsWith(pieces.bytes, pieces.starts[i]!, pieces.ends[i]!, mark)
        insertBefore(pieces, mark, wants)
      }
      output.restart(pieces)
      for (let i = 0; i < pieces.count; i++)
        if (split) cutBefore(pieces, i, mark, output)
        else output.add(pieces.starts[i]!, pieces.ends[i]!)
    },
  }
}

function startsWith(bytes: Uint8Array, at: number, end: number, mark: Uint8Array): boolean {
  if (at + mark.length > end) return false
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) return false
  return true
}

function cutBefore(pieces: Pieces, piece: number, mark: Uint8Array, output: Pieces): void {
  const { bytes } = pieces
  const end = pieces.ends[piece]!
  let from = pieces.starts[piece]!
  for (let at = from; at < end; at++)
    if (bytes[at] === mark[0] && at > from && startsWith(bytes, at, end, mark)) {
      output.add(from, at)
      from = at
    }
  output.add(from, end)
}

/** A copy of the pieces in which every space byte has become `mark`. */
function replaceSpaces(input: Pieces, mark: Uint8Array): Pieces {
  let total = 0
  for (let i = 0; i < input.count; i++)
    for (let at = input.starts[i]!; at < input.ends[i]!; at++) total += input.bytes[at] === 0x20 ? mark.length : 1
  const pieces = new Pieces(new Uint8Array(total))
  pieces.sourceStarts = new Int32Array(total)
  pieces.sourceEnds = new Int32Array(total)
  let to = 0
  for (let i = 0; i < input.count; i++) {
    const start = to
    for (let at = input.starts[i]!; at < input.ends[i]!; at++) {
      const byte = input.bytes[at]!
      const from = to
      if (byte === 0x20) for (const part of mark) pieces.bytes[to++] = part
      else pieces.bytes[to++] = byte
      pieces.sourceStarts.fill(input.sourceStarts ? input.sourceStarts[at]! : at, from, to)
      pieces.sourceEnds.fill(input.sourceEnds ? input.sourceEnds[at]! : at + 1, from, to)
    }
    pieces.add(start, to)
  }
  return pieces
}
