import { utf8Width } from '../bytes/utf8.ts'

/**
 * Turns byte offsets of UTF-8 into UTF-16 offsets of the same text. It remembers where it was, so offsets that mostly
 * grow cost one pass over the bytes in all.
 */
export class Utf16Cursor {
  private readonly bytes: Uint8Array
  private readonly length: number
  /** Behind the last character of several bytes that was passed. */
  private passed = 0
  /** The next character of several bytes or the end; at first, without a look at the text, its start. */
  private wide: number
  /** How many more bytes than units there are before `wide`. */
  private surplus = 0

  constructor(bytes: Uint8Array, length: number, isAscii: boolean) {
    this.bytes = bytes
    this.length = length
    this.wide = isAscii ? length : 0
  }

  /** Units before the character that the byte offset is in or at. */
  floor(byte: number): number {
    this.moveTo(byte)
    return Math.min(byte, this.wide) - this.surplus
  }

  /** Units up to the next character boundary. */
  ceil(byte: number): number {
    this.moveTo(byte)
    const { wide, surplus } = this
    return byte <= wide ? byte - surplus : wide - surplus + unitsOf(utf8Width(this.bytes[wide]!))
  }

  /** As `floor` and `ceil` for the starts and ends in `data[from..to)`, plus `base`; in place. */
  convertRanges(data: Uint32Array, from: number, to: number, base: number): void {
    let { passed, wide, surplus } = this
    for (let i = from; i < to; i += 2) {
      const start = data[i]!
      const end = data[i + 1]!
      if (start >= passed && end <= wide) {
        data[i] = base + start - surplus
        data[i + 1] = base + end - surplus
        continue
      }
      data[i] = base + this.floor(start)
      data[i + 1] = base + this.ceil(end)
      ;({ passed, wide, surplus } = this)
    }
  }

  /** Passes all characters of several bytes that end at or before `byte`. */
  private moveTo(byte: number): void {
    if (byte < this.passed) {
      this.passed = this.surplus = this.wide = 0
    }
    while (this.wide < byte) {
      const width = utf8Width(this.bytes[this.wide]!)
      if (this.wide + width > byte) return
      this.passed = this.wide + width
      this.surplus += width - unitsOf(width)
      this.wide = this.nextWide(this.passed)
    }
  }

  private nextWide(at: number): number {
    const { bytes, length } = this
    while (at < length && bytes[at]! < 0x80) at++
    return at
  }
}

/** UTF-16 units of a character that takes so many bytes. */
function unitsOf(width: number): number {
  return width === 4 ? 2 : 1
}
