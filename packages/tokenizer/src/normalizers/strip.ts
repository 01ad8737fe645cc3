import { type Normalizer, rewrite } from './normalizer.ts'

const left = /^[\p{Z}\t-\r\u0085]+/gu
const right = /[\p{Z}\t-\r\u0085]+$/gu

/** Removes white space at the ends of the text. */
export function strip(options: { left?: boolean; right?: boolean } = {}): Normalizer {
  const { left: stripLeft = true, right: stripRight = true } = options
  return {
    json: { type: 'Strip', strip_left: stripLeft, strip_right: stripRight },
    normalize(text) {
      const begun = stripLeft ? rewrite(text, left, () => '') : text
      return stripRight ? rewrite(begun, right, () => '') : begun
    },
  }
}

/** Removes all combining marks; put NFD or NFKD before it. */
export function stripAccents(): Normalizer {
  return { json: { type: 'StripAccents' }, normalize: text => rewrite(text, /\p{M}+/gu, () => '') }
}
