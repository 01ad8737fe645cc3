import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Histogram } from './histogram.ts'

/** What one event of a TensorBoard file says. */
export type EventContent =
  | { readonly fileVersion: string }
  /** From this step on, what earlier files of the folder say is void. */
  | { readonly restart: true }
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly histogram: Histogram }
  | { readonly tag: string; readonly text: string }

interface Event {
  /** Seconds since 1970. */
  readonly wallTime: number
  readonly step: number
}

/** The message `Event` (tensorflow/core/util/event.proto) as protobuf: the numbers here are those of its fields. */
export function encodeEvent({ wallTime, step }: Event, content: EventContent): Uint8Array {
  const event = new BinaryWriter().tag(1, WireType.Bit64).double(wallTime).tag(2, WireType.Varint).int64(step)
  if ('fileVersion' in content) event.tag(3, WireType.LengthDelimited).string(content.fileVersion)
  else if ('restart' in content) message(event, 7, log => log.tag(1, WireType.Varint).int32(sessionStart))
  else message(event, 5, summary => message(summary, 1, value => writeValue(value, content)))
  return event.finish()
}

/** SessionLog.START */
const sessionStart = 1

type Value = Extract<EventContent, { readonly tag: string }>

/** Summary.Value */
function writeValue(value: BinaryWriter, content: Value): void {
  value.tag(1, WireType.LengthDelimited).string(content.tag)
  if ('scalar' in content) value.tag(2, WireType.Bit32).float(content.scalar)
  else if ('histogram' in content) message(value, 5, histogram => writeHistogram(histogram, content.histogram))
  else {
    message(value, 8, tensor => writeText(tensor, content.text))
    message(value, 9, metadata =>
      message(metadata, 1, plugin => plugin.tag(1, WireType.LengthDelimited).string('text')),
    )
  }
}

/** HistogramProto */
function writeHistogram(writer: BinaryWriter, { min, max, num, sum, sumSquares, limits, counts }: Histogram): void {
  for (const [i, number] of [min, max, num, sum, sumSquares].entries()) writer.tag(i + 1, WireType.Bit64).double(number)
  for (const [field, numbers] of [[6, limits] as const, [7, counts] as const])
    message(writer, field, packed => {
      for (const number of numbers) packed.double(number)
    })
}

/** TensorProto of one string: dtype DT_STRING, shape [1] */
function writeText(writer: BinaryWriter, text: string): void {
  writer.tag(1, WireType.Varint).int32(7)
  message(writer, 2, shape => message(shape, 2, dimension => dimension.tag(1, WireType.Varint).int64(1)))
  writer.tag(8, WireType.LengthDelimited).string(text)
}

function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => unknown): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write(writer)
  writer.join()
}
