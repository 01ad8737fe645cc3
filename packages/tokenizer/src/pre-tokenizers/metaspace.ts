import { toUtf8, utf8Width } from '../bytes/utf8.ts'
import type { Pieces } from './pieces.ts'
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
      const writer = new MarkWriter(input, output, mark)
      for (let i = 0; i < input.count; i++) {
        const wantsMark = prependScheme === 'always' || (prependScheme === 'first' && i === 0 && input.isTextStart)
        writer.write(input.starts[i]!, input.ends[i]!, wantsMark, split)
      }
    },
  }
}

/** Writes pieces with a mark for each space, and where each byte comes from. */
class MarkWriter {
  private readonly input: Pieces
  private readonly output: Pieces
  private readonly mark: Uint8Array
  private at = 0

  constructor(input: Pieces, output: Pieces, mark: Uint8Array) {
    this.input = input
    this.output = output
    this.mark = mark
    const size = sizeWithMarks(input, mark.length)
    output.bytes = new Uint8Array(size)
    output.sourceStarts = new Int32Array(size)
    output.sourceEnds = new Int32Array(size)
  }

  write(start: number, end: number, wantsMark: boolean, split: boolean): void {
    const { input, mark, output } = this
    const { bytes } = input
    let pieceStart = this.at
    if (wantsMark && bytes[start] !== 0x20 && !startsWith(bytes, start, end, mark))
      this.writeMark(start, start + utf8Width(bytes[start]!))
    for (let from = start; from < end; from++) {
      const byte = bytes[from]!
      const isSpace = byte === 0x20
      if (isSpace || (byte === mark[0] && startsWith(bytes, from, end, mark))) {
        if (split) {
          output.add(pieceStart, this.at)
          pieceStart = this.at
        }
      }
      if (isSpace) this.writeMark(from, from + 1)
      else this.writeByte(byte, from, from + 1)
    }
    output.add(pieceStart, this.at)
  }

  private writeMark(from: number, to: number): void {
    for (let i = 0; i < this.mark.length; i++) this.writeByte(this.mark[i]!, from, to)
  }

  private writeByte(byte: number, from: number, to: number): void {
    const { input, output } = this
    output.bytes[this.at] = byte
    output.sourceStarts![this.at] = input.sourceStarts ? input.sourceStarts[from]! : from
    output.sourceEnds![this.at++] = input.sourceEnds ? input.sourceEnds[to - 1]! : to
  }
}

/** Room for a mark at the front of each piece and one for each space. */
function sizeWithMarks(pieces: Pieces, markLength: number): number {
  let size = 0
  for (let i = 0; i < pieces.count; i++) {
    size += markLength
    for (let at = pieces.starts[i]!; at < pieces.ends[i]!; at++) size += pieces.bytes[at] === 0x20 ? markLength : 1
  }
  return size
}

function startsWith(bytes: Uint8Array, at: number, end: number, mark: Uint8Array): boolean {
  if (at + mark.length > end) return false
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) return false
  return true
}
