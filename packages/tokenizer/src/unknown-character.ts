import { ArgumentError } from './errors.ts'

/** The error for a character of a text that the vocabulary lacks. */
export function unknownCharacter(codePoint: number, position: number): ArgumentError {
  const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  return new ArgumentError(
    `encode: the vocabulary has no token for ${JSON.stringify(String.fromCodePoint(codePoint))} (${name}) at position ` +
      `${position}; remove the character, or train the tokenizer on text that contains it`,
    'text',
    position,
  )
}
