import { ArgumentError, type EncodeOptions } from '@wids/tokenizer'
import { Failure } from '../failure.ts'

/** What to do with special tokens in a text. */
export type Special = 'refuse' | 'text' | 'take'

export const specialOptions: Readonly<Record<Special, EncodeOptions>> = {
  refuse: { disallowedSpecial: 'error' },
  text: { disallowedSpecial: 'text' },
  take: { allowedSpecial: 'all' },
}

/** Encodes a part of a text; what the tokenizer says of it comes in terms of the command. */
export function encodingPart<T>(start: number, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error
    throw new Failure(inWholeText(error, start), 2)
  }
}

/** The complaint with its place in the whole text, of which this part begins at `start`. */
function inWholeText({ message, position = 0 }: ArgumentError, start: number): string {
  const placed = message.replace(/ at position \d+/, ` at position ${start + position}`)
  return placed.replace(/; pass allowedSpecial.*/, '; take it with --special take, or as text with --special text')
}
