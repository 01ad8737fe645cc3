import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire'

/** A message as its fields: numbers, or bytes of what is nested or text. */
type Fields = Readonly<Record<number, readonly (number | Uint8Array)[]>>

/** What a file of events says: a reader that knows nothing of how it was written. */
export interface ReadEvent {
  readonly step: number
  readonly wallTime: number
  readonly fileVersion?: string
  readonly session?: number
  readonly tag?: string
  readonly scalar?: number
  readonly text?: string
  readonly plugin?: string
  readonly histogram?: { readonly moments: readonly number[]; readonly limits: number[]; readonly counts: number[] }
}

export const readEvents = (file: Uint8Array): ReadEvent[] => recordsOf(file).map(readEvent)

/** The records of a TFRecord file; both checksums of each must be right. */
function recordsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const records: Uint8Array[] = []
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true))
    const body = file.subarray(at + 12, at + 12 + length)
    const checks = [view.getUint32(at + 8, true), view.getUint32(at + 12 + length, true)]
    const right = [maskedBitwise(file.subarray(at, at + 8)), maskedBitwise(body)]
    if (String(checks) !== String(right))
      throw new Error(`record at ${at}: checksums ${String(checks)}, right are ${String(right)}`)
    records.push(body)
    at += 16 + length
  }
  return records
}

/** CRC-32C bit by bit, high to low, as its polynomial is written; then masked. */
function maskedBitwise(bytes: Uint8Array): number {
  let crc = 0xffffffffn
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const top = ((crc >> 31n) & 1n) ^ BigInt((byte >> bit) & 1)
      crc = ((crc << 1n) & 0xffffffffn) ^ (top === 1n ? 0x1edc6f41n : 0n)
    }
  const reversed = BigInt(`0b${(crc ^ 0xffffffffn).toString(2).padStart(32, '0').split('').toReversed().join('')}`)
  const turned = (reversed >> 15n) | ((reversed << 17n) & 0xffffffffn)
  return Number((turned + 0xa282ead8n) & 0xffffffffn)
}

function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes)
  const fields: Record<number, (number | Uint8Array)[]> = {}
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag()
    ;(fields[number] ??= []).push(valueOf(reader, type))
  }
  return fields
}

function valueOf(reader: BinaryReader, type: WireType): number | Uint8Array {
  if (type === 0) return Number(reader.int64())
  if (type === 1) return reader.double()
  if (type === 5) return reader.float()
  return reader.bytes()
}

const nested = (fields: Fields | undefined, number: number): Fields | undefined => {
  const value = fields?.[number]?.[0]
  return value instanceof Uint8Array ? fieldsOf(value) : undefined
}
const numberIn = (fields: Fields | undefined, number: number): number | undefined => {
  const value = fields?.[number]?.[0]
  return typeof value === 'number' ? value : undefined
}
const textIn = (fields: Fields | undefined, number: number): string | undefined => {
  const value = fields?.[number]?.[0]
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined
}
const doublesIn = (fields: Fields, number: number): number[] => {
  const value = fields[number]?.[0]
  return value instanceof Uint8Array ? [...new Float64Array(value.slice().buffer)] : []
}

function readEvent(bytes: Uint8Array): ReadEvent {
  const event = fieldsOf(bytes)
  const value = nested(nested(event, 5), 1)
  const histogram = nested(value, 5)
  const known = {
    step: numberIn(event, 2),
    wallTime: numberIn(event, 1),
    fileVersion: textIn(event, 3),
    session: numberIn(nested(event, 7), 1),
    tag: textIn(value, 1),
    scalar: numberIn(value, 2),
    text: textIn(nested(value, 8), 8),
    plugin: textIn(nested(nested(value, 9), 1), 1),
    histogram: histogram && {
      moments: [1, 2, 3, 4, 5].map(field => numberIn(histogram, field)!),
      limits: doublesIn(histogram, 6),
      counts: doublesIn(histogram, 7),
    },
  }
  return Object.fromEntries(Object.entries(known).filter(([, part]) => part !== undefined)) as unknown as ReadEvent
}
