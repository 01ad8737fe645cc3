import { ByteTrie } from '../bytes/byte-trie.ts'
import { fromUtf8, toUtf8, utf8Width } from '../bytes/utf8.ts'
import { decodeBase64, encodeBase64 } from '../files/base64.ts'
import { FormatError } from '../errors.ts'
import { type AlignedText, type Normalizer, rewrite } from './normalizer.ts'
import { escapeRegExp } from './replace.ts'

/**
 * The table by which sentencepiece normalizes: a double-array trie (as darts-clone lays it out) from byte strings to
 * offsets of a block of NUL-terminated replacements.
 */
export class CharacterMap {
  private readonly units: Uint32Array
  private readonly replacements: Uint8Array
  /** Whether every single character of printable ASCII stays as it is. */
  readonly keepsAscii: boolean
  /** The table as it stands in a file. */
  readonly blob: Uint8Array

  constructor(blob: Uint8Array, file: string, path: string) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
    const size = blob.length >= 4 ? view.getUint32(0, true) : -1
    if (size < 0 || size % 4 !== 0 || size > blob.length - 4)
      throw new FormatError(`${file}: ${path}: the character map is cut short`, file, path)
    this.blob = blob
    this.units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + i * 4, true))
    this.replacements = blob.subarray(4 + size)
    const printable = Array.from({ length: 0x7f - 0x20 }, (_, i) => Uint8Array.of(0x20 + i))
    this.keepsAscii = printable.every(byte => !this.find(byte, 0, 'longest'))
  }

  /**
   * The replacement for a prefix of `bytes` from `at` on, and how many bytes it covers; the shortest or the longest
   * prefix that has one. Undefined if none has.
   */
  find(bytes: Uint8Array, at: number, which: 'shortest' | 'longest'): { length: number; text: string } | undefined {
    const { units } = this
    let found: { length: number; value: number } | undefined
    let node = offsetOf(units[0] ?? 0)
    for (let i = at; i < bytes.length; i++) {
      const byte = bytes[i]!
      node ^= byte
      const unit = units[node]
      if (unit === undefined || byte === 0 || labelOf(unit) !== byte) break
      node ^= offsetOf(unit)
      if (!hasLeaf(unit)) continue
      found = { length: i + 1 - at, value: (units[node] ?? 0) & 0x7fffffff }
      if (which === 'shortest') break
    }
    return found && { length: found.length, text: this.replacementAt(found.value) }
  }

  private replacementAt(offset: number): string {
    const end = this.replacements.indexOf(0, offset)
    return fromUtf8(this.replacements.subarray(offset, end < 0 ? undefined : end))
  }
}

const labelOf = (unit: number) => (unit & 0x800000ff) >>> 0
const hasLeaf = (unit: number) => ((unit >>> 8) & 1) === 1
const offsetOf = (unit: number) => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0

/** Stretches that the map may change: what is not printable ASCII, with the character that marks may belong to. */
const suspicious = /[\x20-\x7e]?[^\x20-\x7e]+/gu

const everything = /[^]+/g

/** A character with its marks; mostly they can be replaced one by one, which gives finer offsets. */
const clusters = /\P{M}\p{M}*|\p{M}+/gu

function rewriteStretches(
  text: AlignedText,
  coarse: RegExp,
  fineStretches: RegExp,
  replaceIn: (stretch: string) => string,
): AlignedText {
  const whole = rewrite(text, coarse, replaceIn)
  if (!text.starts) return whole
  const fine = rewrite(text, fineStretches, replaceIn)
  return fine.value === whole.value ? fine : whole
}

/**
 * sentencepiece's normalization. `longest` is its own rule: at every place the longest prefix that the map has; only
 * there, `kept` are texts that stay as they are.
 * `shortest` is how Hugging Face applies the map: to whole grapheme clusters of less than six bytes first, then to single
 * characters. Source: `Normalizer::NormalizePrefix` of sentencepiece, `Precompiled` of spm_precompiled.
 */
export function precompiled(
  map: CharacterMap,
  match: 'shortest' | 'longest' = 'shortest',
  kept: readonly string[] = [],
): Normalizer {
  if (match === 'longest') return longestPrecompiled(map, kept)
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const lookUp = (text: string): string | undefined => map.find(toUtf8(text), 0, 'shortest')?.text
  const replaceCluster = (cluster: string): string => {
    const whole = toUtf8(cluster).length < 6 ? lookUp(cluster) : undefined
    return whole ?? Array.from(cluster, character => lookUp(character) ?? character).join('')
  }
  return {
    json: { type: 'Precompiled', precompiled_charsmap: encodeBase64(map.blob) },
    normalize: text =>
      rewriteStretches(text, map.keepsAscii ? suspicious : everything, clusters, stretch =>
        Array.from(graphemes.segment(stretch), ({ segment }) => replaceCluster(segment)).join(''),
      ),
  }
}

function longestPrecompiled(map: CharacterMap, kept: readonly string[]): Normalizer {
  const keptTrie = new ByteTrie(64)
  for (const text of kept) if (text !== '') keptTrie.insert(toUtf8(text), 0)
  const replaceAll = (stretch: string): string => {
    const bytes = toUtf8(stretch)
    let result = ''
    for (let at = 0; at < bytes.length;) {
      const stays = keptTrie.longest(bytes, at, bytes.length)
      const found = stays ? undefined : map.find(bytes, at, 'longest')
      const end = stays?.end ?? at + (found?.length ?? utf8Width(bytes[at]!))
      result += found?.text ?? fromUtf8(bytes.subarray(at, end))
      at = end
    }
    return result
  }
  const hasKept = kept.length > 0
  const coarse = map.keepsAscii && !hasKept ? suspicious : everything
  const longestFirst = kept.toSorted((a, b) => b.length - a.length).map(escapeRegExp)
  const fine = hasKept ? new RegExp([...longestFirst, clusters.source].join('|'), 'gu') : clusters
  const json = { type: 'Precompiled', precompiled_charsmap: encodeBase64(map.blob), match: 'longest' }
  return {
    json: hasKept ? { ...json, kept } : json,
    normalize: text => rewriteStretches(text, coarse, fine, replaceAll),
  }
}

/** Reads the base64 text of a character map. */
export function characterMapFromBase64(text: string, file: string, path: string): CharacterMap {
  const source = toUtf8(text)
  const target = new Uint8Array(source.length)
  const length = decodeBase64(source, 0, source.length, target)
  if (length < 0) throw new FormatError(`${file}: ${path}: the character map is not base64`, file, path)
  return new CharacterMap(target.slice(0, length), file, path)
}
