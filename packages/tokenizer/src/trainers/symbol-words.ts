import { byteToChar } from '../bytes/byte-alphabet.ts'
import { fromUtf8 } from '../bytes/utf8.ts'
import type { WordCounts } from './word-counts.ts'

export interface AlphabetOptions {
  /** Words are bytes rather than characters. */
  readonly byteLevel: boolean
  /** Characters that are in the vocabulary whether they occur or not. */
  readonly initialAlphabet: Iterable<string>
  /** At most so many characters, the rarest are left out; none of `initialAlphabet`. */
  readonly limitAlphabet: number
  readonly continuingPrefix: string
  readonly endOfWordSuffix: string
}

/** Words as runs of symbol ids in one flat array. */
export interface SymbolWords {
  readonly symbols: Int32Array
  readonly starts: Int32Array
  readonly lengths: Int32Array
  readonly counts: Float64Array
}

/** Numbers tokens in the order in which they are added. */
export class TokenList {
  readonly tokens: string[] = []
  private readonly ids = new Map<string, number>()

  idOf(token: string): number | undefined {
    return this.ids.get(token)
  }

  /** The id of the token, new or old. */
  add(token: string): number {
    let id = this.ids.get(token)
    if (id === undefined) {
      id = this.tokens.push(token) - 1
      this.ids.set(token, id)
    }
    return id
  }
}

/** Adds the alphabet to `tokens` by code point and spells all words with it; characters left out vanish from words. */
export function spellWords(words: WordCounts, tokens: TokenList, options: AlphabetOptions): SymbolWords {
  const alphabet = chooseAlphabet(countCharacters(words, options.byteLevel), options)
  for (const character of alphabet) tokens.add(character)
  const spell = options.byteLevel ? spellBytes(tokens) : spellCharacters(tokens, new Set(alphabet), options)
  const starts = new Int32Array(words.size)
  const lengths = new Int32Array(words.size)
  const counts = Float64Array.from({ length: words.size }, (_, word) => words.countOf(word))
  const symbols = new Int32Array(words.totalBytes)
  let at = 0
  for (let word = 0; word < words.size; word++) {
    starts[word] = at
    at = spell(words.bytesOf(word), symbols, at)
    lengths[word] = at - starts[word]!
  }
  return { symbols, starts, lengths, counts }
}

/** Writes the symbols of a word to `symbols` from `at` on; returns where they end. */
type Spell = (bytes: Uint8Array, symbols: Int32Array, at: number) => number

function spellBytes(tokens: TokenList): Spell {
  const ids = Int32Array.from(byteToChar, character => tokens.idOf(character) ?? -1)
  return (bytes, symbols, at) => {
    for (const byte of bytes) if (ids[byte]! >= 0) symbols[at++] = ids[byte]!
    return at
  }
}

function spellCharacters(tokens: TokenList, known: ReadonlySet<string>, options: AlphabetOptions): Spell {
  return (bytes, symbols, at) => {
    const characters = Array.from(fromUtf8(bytes))
    for (let i = 0; i < characters.length; i++) {
      if (!known.has(characters[i]!)) continue
      const prefix = i > 0 ? options.continuingPrefix : ''
      const suffix = i === characters.length - 1 ? options.endOfWordSuffix : ''
      symbols[at++] = tokens.add(prefix + characters[i]! + suffix)
    }
    return at
  }
}

function countCharacters(words: WordCounts, byteLevel: boolean): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (character: string, count: number) => counts.set(character, (counts.get(character) ?? 0) + count)
  const bytes = new Float64Array(256)
  for (let word = 0; word < words.size; word++) {
    const count = words.countOf(word)
    if (byteLevel) for (const byte of words.bytesOf(word)) bytes[byte]! += count
    else for (const character of fromUtf8(words.bytesOf(word))) add(character, count)
  }
  bytes.forEach((count, byte) => {
    if (count > 0) add(byteToChar[byte]!, count)
  })
  return counts
}

function chooseAlphabet(counts: Map<string, number>, options: AlphabetOptions): string[] {
  for (const character of options.initialAlphabet) counts.set(character, Infinity)
  const byCodePoint = (a: string, b: string) => a.codePointAt(0)! - b.codePointAt(0)!
  const kept = [...counts]
  if (kept.length > options.limitAlphabet) {
    kept.sort(([a, countA], [b, countB]) => (countA === countB ? byCodePoint(a, b) : countA > countB ? -1 : 1))
    const required = kept.filter(([, count]) => count === Infinity).length
    kept.length = Math.max(required, options.limitAlphabet)
  }
  return kept.map(([character]) => character).sort(byCodePoint)
}
