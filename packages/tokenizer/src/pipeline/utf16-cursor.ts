import { utf8Width } from '../bytes/utf8.ts'

/**
 * Turns byte offsets of UTF-8 into UTF-16 offsets of the same text. It remembers where it was, so offsets that mostly
 * grow cost one pass over the bytes in all.
 */
export class Utf16Cursor {
  private readonly bytes: Uint8Array
  private readonly length: number
  readonly isAscii: boolean
  private byte = 0
  private unit = 0

  constructor(bytes: Uint8Array, length: number, isAscii: boolean) {
    this.bytes = bytes
    this.length = length
    this.isAscii = isAscii
  }

  /** Units before the character that the byte offset is in or at. */
  floor(byte: number): number {
    if (this.isAscii) return byte
    while (byte > 0 && byte < this.length && isContinuation(this.bytes[byte]!)) byte--
    return this.moveTo(byte)
  }

  /** Units up to the next character boundary. */
  ceil(byte: number): number {
    if (this.isAscii) return byte
    while (byte < this.length && isContinuation(this.bytes[byte]!)) byte++
    return this.moveTo(byte)
  }

  /** `byte` is where a character starts. */
  private moveTo(byte: number): number {
    const { bytes } = this
    let { byte: at, unit } = this
    while (at < byte) {
      const width = utf8Width(bytes[at]!)
      at += width
      unit += width === 4 ? 2 : 1
    }
    while (at > byte) if (!isContinuation(bytes[--at]!)) unit -= bytes[at]! >= 0xf0 ? 2 : 1
    this.byte = byte
    this.unit = unit
    return unit
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
