import { FormatError } from '../errors.ts'

/** `JSON.parse` whose failure is a `FormatError`. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FormatError(`${file}: this is not JSON: ${String(cause)}`, file, undefined, { cause })
  }
}
