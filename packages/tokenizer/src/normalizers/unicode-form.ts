import { alignWhole, type AlignedText, type Normalizer, rewrite, untouchedText } from './normalizer.ts'

export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/** Stretches whose normal form does not depend on their neighbours: Hangul syllables, characters with their marks. */
const independent = /[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?|[\uac00-\ud7a3][\u11a8-\u11c2]|\P{M}\p{M}*|\p{M}+/gu

/** One of the four Unicode normalization forms (UAX #15). */
export function unicodeForm(form: UnicodeForm): Normalizer {
  return {
    json: { type: form },
    normalize(text) {
      const value = text.value.normalize(form)
      if (value === text.value) return text
      if (!text.starts) return untouchedText(value, text.base)
      return checked(
        rewrite(text, independent, stretch => stretch.normalize(form)),
        value,
        text,
      )
    },
  }
}

/** Should stretches have influenced each other after all, the text counts as one stretch. */
function checked(aligned: AlignedText, value: string, text: AlignedText): AlignedText {
  return aligned.value === value ? aligned : alignWhole(text, value)
}
