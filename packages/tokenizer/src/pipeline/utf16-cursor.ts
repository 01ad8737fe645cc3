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

  private moveTo(byte: number): number {
    const { bytes } = this
    let unit = this.unit
    for (let at = this.byte; at < byte; at++) unit += unitsOf(bytes[at]!)
    for (let at = this.byte; at > byte;) unit -= unitsOf(bytes[--at]!)
    this.byte = byte
    this.unit = unit
    return unit
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}

/** UTF-16 units that a character adds, counted at its first byte. */
function unitsOf(byte: number): number {
  return byte < 0x80 ? 1 : isContinuation(byte) ? 0 : byte >= 0xf0 ? 2 : 1
}
