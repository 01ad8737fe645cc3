import { type Normalizer, rewrite } from './normalizer.ts'

const controls = ['\\x01-\\x08', '\\x0b', '\\x0e-\\x1f', '\\x7f', '\\x8f', '\\x9f']
const removed = new RegExp(`[${controls.join('')}]`, 'g')
const spaces = /[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g

/** sentencepiece's clean-up for machine translation: control characters go, odd white space becomes a space. */
export function nmt(): Normalizer {
  return {
    json: { type: 'Nmt' },
    normalize: text =>
      rewrite(
        rewrite(text, removed, () => ''),
        spaces,
        () => ' ',
      ),
  }
}
