import type { Tensor } from '@wids/tensor'
import { tensorOf } from '../stored/tensorOf.ts'
import { headerLength, lengthBytes, parseHeader } from './header.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  /** By name. */
  readonly tensors: Record<string, Tensor>
  /** Texts that are stored with them, by name. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Reads safetensors (github.com/huggingface/safetensors) from memory; `readSafetensors` reads a file. U8, I16 and U16
 * become i32; I64 and U64 become i32 and u32 where all values fit.
 *
 * @param name what errors call the source
 * @throws FormatError where the bytes break a rule of the format, or hold what no tensor here can
 * @example
 * const { tensors } = decodeSafetensors(new Uint8Array(await (await fetch(url)).arrayBuffer()))
 * model.loadStateDict(tensors)
 */
export function decodeSafetensors(bytes: Uint8Array, name = 'safetensors'): Safetensors {
  const length = headerLength(bytes.subarray(0, lengthBytes), bytes.length, name)
  const data = bytes.subarray(lengthBytes + length)
  const { metadata, entries } = parseHeader(bytes.subarray(lengthBytes, lengthBytes + length), data.length, name)
  const tensors = [...entries].map(
    ([key, { type, shape, start, end }]) =>
      [key, tensorOf(`tensor '${key}'`, type, shape, data.slice(start, end), name)] as const,
  )
  return { tensors: Object.fromEntries(tensors), metadata }
}
