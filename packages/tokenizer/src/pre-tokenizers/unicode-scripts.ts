import { codePointAt, utf8Width } from '../bytes/utf8.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

const names =
  'Common Inherited Latin Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar Nabataean Newa New_Tai_Lue Nko Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai Warang_Citi Yi'.split(
    ' ',
  )

/** A space and characters of scripts that the list lacks go with anything. */
const neutral = 'neutral'

let scripts: Map<string, RegExp> | undefined
const known = new Map<number, string>()

/** The script of a character for this purpose: Chinese characters and kana are one script. */
function scriptOf(codePoint: number): string {
  let script = known.get(codePoint)
  if (script === undefined) {
    script = findScript(String.fromCodePoint(codePoint))
    if (known.size > 1 << 16) known.clear()
    known.set(codePoint, script)
  }
  return script
}

function findScript(character: string): string {
  if (character === ' ') return neutral
  // The long vowel mark is common to both kana.
  if (character === '\u30fc') return 'Han'
  scripts ??= new Map(names.filter(isSupported).map(name => [name, new RegExp(`\\p{Script=${name}}`, 'u')]))
  for (const [name, pattern] of scripts)
    if (pattern.test(character)) return name === 'Hiragana' || name === 'Katakana' ? 'Han' : name
  return neutral
}

function isSupported(name: string): boolean {
  try {
    RegExp(`\\p{Script=${name}}`, 'u')
    return true
  } catch {
    return false
  }
}

/**
 * Cuts where the script changes; spaces at the start are dropped. Source: Hugging Face's `UnicodeScripts`, after
 * sentencepiece.
 */
export function unicodeScripts(): PreTokenizer {
  return {
    json: { type: 'UnicodeScripts' },
    split: (input, output) => {
      for (let i = 0; i < input.count; i++) {
        const end = input.ends[i]!
        let from = input.starts[i]!
        let last: string | undefined
        for (let at = from; at < end; at += utf8Width(input.bytes[at]!)) {
          const script = scriptOf(codePointAt(input.bytes, at))
          if (script === neutral) continue
          if (script !== last) {
            if (last !== undefined) output.add(from, at)
            from = at
          }
          last = script
        }
        if (last !== undefined) output.add(from, end)
      }
    },
  }
}
