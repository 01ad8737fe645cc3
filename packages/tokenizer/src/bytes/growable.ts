/** A `Uint32Array` that grows by doubling: the list of ids that an encoder fills. */
export class GrowableUint32 {
  data: Uint32Array
  length = 0

  constructor(capacity = 64) {
    this.data = new Uint32Array(capacity)
  }

  push(value: number): void {
    if (this.length === this.data.length) this.reserve(1)
    this.data[this.length++] = value
  }

  /** Make room for `count` more values, so that they can be stored in `data` directly. */
  reserve(count: number): void {
    if (this.length + count <= this.data.length) return
    const grown = new Uint32Array(Math.max(this.length + count, this.data.length * 2))
    grown.set(this.data.subarray(0, this.length))
    this.data = grown
  }

  toArray(): Uint32Array {
    return this.data.slice(0, this.length)
  }
}

/** A `Uint8Array` that grows by doubling. */
export class GrowableBytes {
  data: Uint8Array
  length = 0

  constructor(capacity = 64) {
    this.data = new Uint8Array(capacity)
  }

  push(byte: number): void {
    this.reserve(1)
    this.data[this.length++] = byte
  }

  append(bytes: Uint8Array, start = 0, end = bytes.length): void {
    this.reserve(end - start)
    // For a word a loop is faster than a view and a copy.
    for (let i = start; i < end; i++) this.data[this.length++] = bytes[i]!
  }

  reserve(count: number): void {
    if (this.length + count <= this.data.length) return
    const grown = new Uint8Array(Math.max(this.length + count, this.data.length * 2))
    grown.set(this.data.subarray(0, this.length))
    this.data = grown
  }

  toArray(): Uint8Array {
    return this.data.slice(0, this.length)
  }
}
