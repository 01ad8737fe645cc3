import { Tokenizer as JsTokenizer } from '@huggingface/tokenizers'
import gptCl100k from 'gpt-tokenizer/encoding/cl100k_base'
import gptO200k from 'gpt-tokenizer/encoding/o200k_base'
import gptP50k from 'gpt-tokenizer/encoding/p50k_base'
import gptR50k from 'gpt-tokenizer/encoding/r50k_base'
import { get_encoding, Tiktoken } from 'tiktoken'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import type { TokenizerJson } from '../src/index.ts'

/** Another implementation of the same tokenizer. */
export interface Peer {
  readonly name: string
  readonly encode: (text: string) => ArrayLike<number> | Promise<ArrayLike<number>>
  /** Texts about which it is known to be wrong, or to have another Unicode version; these are left out. */
  readonly isWrongAbout?: (text: string) => boolean
  /** It is slow: outside of a full comparison it gets one text of so many. */
  readonly step: number
}

export type EncodingName = 'r50k_base' | 'p50k_base' | 'cl100k_base' | 'o200k_base'

const gpt = { r50k_base: gptR50k, p50k_base: gptP50k, cl100k_base: gptCl100k, o200k_base: gptO200k }

/** JavaScript's `\s` has U+FEFF and lacks U+0085. */
const hasOtherSpace = (text: string) => /[\u0085\ufeff]/.test(text)

export function gptTokenizer(name: EncodingName): Peer {
  const disallowedSpecial = new Set<string>()
  return {
    name: 'gpt-tokenizer',
    encode: text => gpt[name].encode(text, { disallowedSpecial }),
    isWrongAbout: hasOtherSpace,
    step: 12,
  }
}

export function tiktoken(name: EncodingName): Peer {
  const encoding = get_encoding(name)
  return { name: 'tiktoken', encode: text => encoding.encode_ordinary(text), step: 1 }
}

/** tiktoken with the tokens of a byte-level BPE file, whose ranks are the ids; `normalize` is the file's normalizer. */
export function tiktokenOf(json: TokenizerJson, pattern: string, normalize: (text: string) => string): Peer {
  const vocabulary = Object.entries((json.model as { vocab: Record<string, number> }).vocab)
  const bytes = byteLevelBytes()
  const lines = vocabulary
    .sort(([, a], [, b]) => a - b)
    .map(([token, id]) => `! ${id} ${Buffer.from(Array.from(token, unit => bytes.get(unit)!)).toString('base64')}`)
  const encoding = new Tiktoken(lines.join('\n'), {}, pattern)
  return {
    name: 'tiktoken',
    encode: text => encoding.encode_ordinary(normalize(text)),
    isWrongAbout: isRecent,
    step: 4,
  }
}

/** GPT-2's spelling of bytes: those that print stand for themselves, the others follow from U+0100 on. */
function byteLevelBytes(): Map<string, number> {
  const prints = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  let next = 0x100
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(prints(byte) ? byte : next++), byte] as const),
  )
}

/** Numbers and letters that Unicode got after the versions whose tables tiktoken and native tokenizers have. */
const isRecent = (text: string) =>
  /[\u{11de0}-\u{11de9}\u{10d40}-\u{10d49}\u{116d0}-\u{116e3}\u{11bf0}-\u{11bf9}\u{16d70}-\u{16d79}\u{1ccf0}-\u{1ccf9}\u{1e5f1}-\u{1e5fa}\u{11390}-\u{113d0}\u{16121}-\u{16128}\u{16d67}-\u{16d6a}\u{16ff4}-\u{16ff6}]/u.test(
    text,
  )

export function nativeTokenizers(json: string, isWrongAbout = isRecent): Peer {
  const native = NativeTokenizer.fromString(json)
  return {
    name: 'tokenizers (native)',
    encode: async text => (await native.encode(text)).getIds(),
    isWrongAbout,
    step: 4,
  }
}

export function huggingFaceJs(json: object, isWrongAbout: (text: string) => boolean): Peer {
  const js = new JsTokenizer(json, {})
  return { name: '@huggingface/tokenizers', encode: text => js.encode(text).ids, isWrongAbout, step: 150 }
}
