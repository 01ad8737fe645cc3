import { utf8Width } from '../bytes/utf8.ts'

/**
 * Turns byte offsets of UTF-8 into UTF-16 offsets of the same text. It remembers where it was, so offsets that mostly
 * grow cost one pass over the bytes in all.
 */
export class Utf16Cursor {
  private readonly bytes: Uint8Array
  readonly isAscii: boolean
  /** Start of the character that holds the last offset, and the units before it. */
  private at = 0
  private unit = 0

  constructor(bytes: Uint8Array, isAscii: boolean) {
    this.bytes = bytes
    this.isAscii = isAscii
  }

  /** Units before the character that the byte offset is in or at. */
  floor(byte: number): number {
    if (this.isAscii) return byte
    this.moveTo(byte)
    return this.unit
  }

  /** Units up to the next character boundary. */
  ceil(byte: number): number {
    if (this.isAscii) return byte
    this.moveTo(byte)
    return this.at === byte ? this.unit : this.unit + unitsOf(utf8Width(this.bytes[this.at]!))
  }

  /** As `floor` and `ceil` for the starts and ends in `data[from..to)`, which must grow, plus `base`; in place. */
  convertRanges(data: Uint32Array, from: number, to: number, base: number): void {
    const { bytes, isAscii } = this
    if (isAscii && base === 0) return
    let { at, unit } = this
    for (let i = from; i < to; i++) {
      const byte = data[i]!
      if (isAscii) at = unit = byte
      while (at < byte) {
        const lead = bytes[at]!
        const width = lead < 0x80 ? 1 : utf8Width(lead)
        if (at + width > byte) break
        at += width
        unit += unitsOf(width)
      }
      data[i] = base + unit
      if (at < byte && (i & 1) === 1) data[i]! += unitsOf(utf8Width(bytes[at]!))
    }
    this.at = at
    this.unit = unit
  }

  private moveTo(byte: number): void {
    const { bytes } = this
    let at = byte < this.at ? 0 : this.at
    let unit = byte < this.at ? 0 : this.unit
    while (at < byte) {
      const width = utf8Width(bytes[at]!)
      if (at + width > byte) break
      at += width
      unit += unitsOf(width)
    }
    this.at = at
    this.unit = unit
  }
}

/** UTF-16 units of a character that takes so many bytes. */
function unitsOf(width: number): number {
  return width === 4 ? 2 : 1
}
