import { Category, categoryOf } from '../unicode/category.ts'
import { lowercase } from './lowercase.ts'
import { type AlignedText, type Normalizer, rewrite } from './normalizer.ts'
import { unicodeForm } from './unicode-form.ts'

/** Options of {@link bertNormalizer}. */
export interface BertNormalizerOptions {
  /** Remove control characters and make all white space plain spaces. */
  cleanText?: boolean
  /** Put spaces around Chinese characters. */
  handleChineseChars?: boolean
  /** Default: as `lowercase`. */
  stripAccents?: boolean | null
  lowercase?: boolean
}

// The ranges of Google's code, with Hugging Face's slip in the fourth (U+2B920 instead of U+2B820).
const chinese =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu

/** What cleaning may change: everything but printable ASCII; what of it is really changed, `cleaned` decides. */
const suspicious = /[^\x20-\x7e]/gu
const removedCategories = (1 << Category.Cc) | (1 << Category.Cf) | (1 << Category.Co)
const spaceCategories = (1 << Category.Zs) | (1 << Category.Zl) | (1 << Category.Zp)

/** BERT's text clean-up. Source: `BasicTokenizer` of google-research/bert, in the order of Hugging Face's port. */
export function bertNormalizer(options: BertNormalizerOptions = {}): Normalizer {
  const { cleanText = true, handleChineseChars = true, stripAccents = null, lowercase: lower = true } = options
  const steps: ((text: AlignedText) => AlignedText)[] = []
  if (cleanText) steps.push(text => rewrite(text, suspicious, cleaned))
  if (handleChineseChars) steps.push(text => rewrite(text, chinese, character => ` ${character} `))
  if (stripAccents ?? lower) {
    const decompose = unicodeForm('NFD')
    steps.push(text => rewrite(decompose.normalize(text), /\p{Mn}+/gu, () => ''))
  }
  if (lower) steps.push(lowercase().normalize)
  return {
    json: {
      type: 'BertNormalizer',
      clean_text: cleanText,
      handle_chinese_chars: handleChineseChars,
      strip_accents: stripAccents,
      lowercase: lower,
    },
    normalize: text => steps.reduce((normalized, step) => step(normalized), text),
  }
}

function cleaned(character: string): string {
  if (character === '\t' || character === '\n' || character === '\r') return ' '
  const category = categoryOf(character.codePointAt(0)!)
  if ((removedCategories >>> category) & 1) return ''
  if ((spaceCategories >>> category) & 1) return ' '
  // Vertical tab, form feed and U+0085 count as control characters here; U+FFFD is removed by name.
  return category === Category.ControlSpace || character === '\ufffd' ? '' : character
}
