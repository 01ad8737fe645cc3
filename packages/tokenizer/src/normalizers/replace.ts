import { translateRegex } from '../regex/translate-regex.ts'
import { type Normalizer, rewrite } from './normalizer.ts'

export type TextPattern = { String: string } | { Regex: string }

/** The global regular expression of a pattern in a tokenizer.json. */
export function patternToRegExp(pattern: TextPattern): RegExp {
  if ('Regex' in pattern) return translateRegex(pattern.Regex)
  return new RegExp(escapeRegExp(pattern.String), 'gu')
}

/** The regular expression that matches a text literally. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

/** Replaces every match of a pattern by a fixed text. */
export function replace(options: { pattern: TextPattern; content: string }): Normalizer {
  const { pattern, content } = options
  const expression = patternToRegExp(pattern)
  return {
    json: { type: 'Replace', pattern, content },
    normalize: text => rewrite(text, expression, () => content),
  }
}

/** Puts a fixed text before a text that is not empty. */
export function prepend(options: { prepend: string }): Normalizer {
  return {
    json: { type: 'Prepend', prepend: options.prepend },
    normalize: text => (text.value === '' ? text : rewrite(text, /^/g, () => options.prepend)),
  }
}
