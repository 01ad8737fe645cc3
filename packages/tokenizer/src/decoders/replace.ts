import { patternToRegExp, type TextPattern } from '../normalizers/replace.ts'
import type { Decoder } from './decoder.ts'

/** Replaces a pattern in every token. */
export function replaceDecoder(options: { pattern: TextPattern; content: string }): Decoder {
  const { pattern, content } = options
  const expression = patternToRegExp(pattern)
  return {
    json: { type: 'Replace', pattern, content },
    decode: tokens => tokens.map(token => token.replace(expression, () => content)),
  }
}

/** Removes up to so many of a character from the start and the end of every token. */
export function stripDecoder(options: { content: string; start: number; stop: number }): Decoder {
  const { content, start, stop } = options
  const stripOne = (token: string) => {
    let from = 0
    let to = token.length
    for (let n = 0; n < start && token.startsWith(content, from); n++) from += content.length
    for (let n = 0; n < stop && to - content.length >= from && token.endsWith(content, to); n++) to -= content.length
    return token.slice(from, to)
  }
  return { json: { type: 'Strip', content, start, stop }, decode: tokens => tokens.map(stripOne) }
}
