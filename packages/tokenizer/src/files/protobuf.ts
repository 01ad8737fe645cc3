import { FormatError } from '../errors.ts'

/** One field of a protobuf message: its number and its value, a number or the bytes of a nested value. */
export interface ProtobufField {
  readonly number: number
  /** Wire types 0 (varint), 1 (64 bits), 5 (32 bits) as a number; reinterpret with `asFloat`. */
  readonly value: number
  /** Wire type 2: text, bytes or a nested message. */
  readonly bytes: Uint8Array | undefined
}

/**
 * The fields of a protobuf message in their order. Lengths are checked against what is there before anything is read.
 * Throws `FormatError` with the byte offset. Source: the encoding guide of Protocol Buffers.
 */
export function* protobufFields(bytes: Uint8Array, file: string): IterableIterator<ProtobufField> {
  const reader = new Reader(bytes, file)
  while (reader.at < bytes.length) {
    const key = reader.varint()
    const number = Math.floor(key / 8)
    if (number === 0) throw reader.error('a field has number 0')
    const wireType = key % 8
    if (wireType === 0) yield { number, value: reader.varint(), bytes: undefined }
    else if (wireType === 1) yield { number, value: reader.fixed(8), bytes: undefined }
    else if (wireType === 2) yield { number, value: 0, bytes: reader.bytes(reader.varint()) }
    else if (wireType === 5) yield { number, value: reader.fixed(4), bytes: undefined }
    else throw reader.error(`wire type ${wireType} is unknown`)
  }
}

const floatView = new DataView(new ArrayBuffer(4))

/** The 32 bits of a field as a float. */
export function asFloat(value: number): number {
  floatView.setUint32(0, value)
  return floatView.getFloat32(0)
}

class Reader {
  at = 0
  private readonly source: Uint8Array
  private readonly file: string

  constructor(source: Uint8Array, file: string) {
    this.source = source
    this.file = file
  }

  error(message: string): FormatError {
    return new FormatError(`${this.file}: ${message} (byte ${this.at})`, this.file, `byte ${this.at}`)
  }

  /** Up to 64 bits; beyond 2^53 only the magnitude is right, which is enough for negative enums to be refused. */
  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.source[this.at]
      if (byte === undefined) throw this.error('the message is cut short')
      this.at++
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw this.error('a number has more than 64 bits')
  }

  /** The low 32 bits of a fixed-size number. */
  fixed(size: 4 | 8): number {
    const part = this.bytes(size)
    return (part[0]! | (part[1]! << 8) | (part[2]! << 16) | (part[3]! << 24)) >>> 0
  }

  bytes(length: number): Uint8Array {
    const end = this.at + length
    if (end > this.source.length) throw this.error(`a value claims ${length} bytes, there are fewer`)
    const part = this.source.subarray(this.at, end)
    this.at = end
    return part
  }
}
