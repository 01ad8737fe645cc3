/** Turns UTF-16 offsets of a text into UTF-8 byte offsets; offsets that grow cost one pass over the text in all. */
export class Utf8Cursor {
  private readonly text: string
  private unit = 0
  private byte = 0

  constructor(text: string) {
    this.text = text
  }

  /** UTF-8 bytes of the text before `unit`, which must not split a surrogate pair. */
  bytesBefore(unit: number): number {
    if (unit < this.unit) {
      this.unit = 0
      this.byte = 0
    }
    while (this.unit < unit) {
      const codePoint = this.text.codePointAt(this.unit)!
      this.unit += codePoint > 0xffff ? 2 : 1
      this.byte += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
    }
    return this.byte
  }
}
