import { type Normalizer, rewrite, untouchedText } from './normalizer.ts'

/** Lower case character by character, so a final capital sigma becomes `σ`, not `ς`. */
export function lowercase(): Normalizer {
  return {
    json: { type: 'Lowercase' },
    normalize: text => {
      if (!text.starts) return untouchedText(toLower(text.value), text.base)
      return rewrite(text, /\P{Lowercase_Letter}/gu, toLower)
    },
  }
}

function toLower(text: string): string {
  return text.replaceAll('Σ', 'σ').toLowerCase()
}
