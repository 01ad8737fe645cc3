import { GrowableUint32 } from '../bytes/growable.ts'
import type { Model } from '../models/model.ts'
import type { Pieces } from '../pre-tokenizers/pieces.ts'
import type { Sink } from './sink.ts'

/** Finds where the tokens of encoded words stand, in bytes of the pieces. */
export class TokenOffsets {
  private readonly model: Model
  /** Bytes that each token covers, -1 where that differs. */
  private widths: Int16Array | undefined
  private wordCount = 0
  private readonly ids = new GrowableUint32()
  private readonly ends = new GrowableUint32()

  constructor(model: Model) {
    this.model = model
  }

  /** Starts counting words from 0. */
  restartWords(): void {
    this.wordCount = 0
  }

  /** Appends the offsets of the ids of words `from` to `to`, the last in `sink`; those of a word end at `idEnds[word - from]`. */
  append(pieces: Pieces, from: number, to: number, idEnds: Uint32Array, sink: Sink): void {
    const { starts, ends } = pieces
    const ids = sink.ids.data
    const words = sink.words!
    let id = words.length
    words.reserve(sink.ids.length - id)
    sink.offsets!.reserve((sink.ids.length - id) * 2)
    const offsets = sink.offsets!.data
    let { length } = sink.offsets!
    for (let i = from; i < to; i++, this.wordCount++) {
      const start = starts[i]!
      const end = ends[i]!
      const nextId = idEnds[i - from]!
      if (nextId === id + 1) {
        offsets[length] = start
        offsets[length + 1] = end
      } else if (this.fromWidths(ids, id, nextId, start, offsets, length) !== end)
        this.fromModel(pieces.bytes, start, end, offsets, length)
      length += 2 * (nextId - id)
      for (; id < nextId; id++) words.data[words.length++] = this.wordCount
    }
    sink.offsets!.length = length
  }

  /** Writes offsets that follow from the widths of tokens; returns where the last token ends, -1 if that is not known. */
  private fromWidths(
    ids: Uint32Array,
    first: number,
    last: number,
    start: number,
    offsets: Uint32Array,
    to: number,
  ): number {
    this.widths ??= Int16Array.from({ length: this.model.vocabulary.size }, (_, id) => this.model.widthOf(id))
    const { widths } = this
    let at = start
    for (let i = first; i < last; i++) {
      const width = widths[ids[i]!]!
      if (width < 0) return -1
      offsets[to++] = at
      offsets[to++] = at += width
    }
    return at
  }

  private fromModel(bytes: Uint8Array, start: number, end: number, offsets: Uint32Array, to: number): void {
    const { ids, ends } = this
    ids.length = ends.length = 0
    this.model.encodeWord(bytes, start, end, ids, ends)
    for (let i = 0, at = start; i < ends.length; i++) {
      offsets[to++] = at
      offsets[to++] = at = ends.data[i]!
    }
  }
}
