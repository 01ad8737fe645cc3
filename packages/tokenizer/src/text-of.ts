import { firstInvalidUtf8, fromUtf8 } from './bytes/utf8.ts'
import { ArgumentError } from './errors.ts'

/** The text of an input; bytes that are not UTF-8 are an error that says where. */
export function textOf(input: string | Uint8Array): string {
  if (typeof input === 'string') return input
  const invalid = firstInvalidUtf8(input)
  if (invalid < 0) return fromUtf8(input)
  throw new ArgumentError(
    `encode: the bytes are not UTF-8 at offset ${invalid}; decode them as what they are, or with ` +
      "new TextDecoder('utf-8'), which puts U+FFFD for what is not UTF-8",
    'text',
    invalid,
  )
}
