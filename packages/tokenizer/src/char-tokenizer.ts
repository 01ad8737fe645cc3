import { replaceLoneSurrogates } from './bytes/utf8.ts'
import { ArgumentError } from './errors.ts'
import { textOf } from './text-of.ts'
import { unknownCharacter } from './unknown-character.ts'
import { Fields } from './files/fields.ts'
import type { Tokenizer, TokenizerJson } from './tokenizer.ts'

/**
 * One token per Unicode character, numbered by code point: the smallest vocabulary, and the one that character-level
 * language models use.
 *
 * @example
 * const tokenizer = CharTokenizer.train('hello')
 * tokenizer.encode('hole') // Uint32Array [1, 3, 2, 0]
 * tokenizer.decode([1, 3, 2, 0]) // 'hole'
 */
export class CharTokenizer implements Tokenizer {
  readonly vocabSize: number
  private readonly characters: readonly string[]
  private readonly ids: ReadonlyMap<string, number>

  private constructor(characters: readonly string[]) {
    this.characters = characters
    this.ids = new Map(characters.map((character, id) => [character, id]))
    this.vocabSize = characters.length
  }

  /** A tokenizer of all characters that occur in the text or texts. */
  static train(texts: string | Iterable<string>): CharTokenizer {
    const seen = new Set<string>()
    for (const text of typeof texts === 'string' ? [texts] : texts)
      for (const character of replaceLoneSurrogates(text)) seen.add(character)
    return new CharTokenizer([...seen].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!))
  }

  /** Reads what `toJson` wrote. Throws `FormatError` for anything else. */
  static fromJson(json: object): CharTokenizer {
    const model = new Fields(json, '', 'tokenizer.json').object('model')
    const entries = Object.entries(model.record('vocab'))
    const characters = new Array<string>(entries.length)
    for (const [character, id] of entries) {
      const isFree = typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < entries.length
      if (!isFree || characters[id] !== undefined)
        throw model.error('vocab', `ids must be the numbers from 0 to ${entries.length - 1}`)
      if (Array.from(character).length !== 1)
        throw model.error('vocab', `${JSON.stringify(character)} is not one character`)
      characters[id] = character
    }
    return new CharTokenizer(characters)
  }

  /** Throws `ArgumentError` with the position of the first character that the training text did not have. */
  encode(input: string | Uint8Array): Uint32Array {
    const text = textOf(input)
    const ids = new Uint32Array(text.length)
    let count = 0
    let position = 0
    for (const character of replaceLoneSurrogates(text)) {
      const id = this.ids.get(character)
      if (id === undefined) throw unknownCharacter(character.codePointAt(0)!, position)
      ids[count++] = id
      position += character.length
    }
    return ids.slice(0, count)
  }

  decode(ids: ArrayLike<number>): string {
    return Array.from(ids, (id, index) => {
      const character = this.characters[id]
      if (character === undefined)
        throw new ArgumentError(
          `decode: no token has id ${id} (at index ${index}); ids of this tokenizer are below ${this.vocabSize}`,
          'ids',
          index,
        )
      return character
    }).join('')
  }

  tokenToId(token: string): number | undefined {
    return this.ids.get(token)
  }

  idToToken(id: number): string | undefined {
    return this.characters[id]
  }

  /** A tokenizer.json of BPE without merges, which other libraries read as a character tokenizer, too. */
  toJson(): TokenizerJson {
    return {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: { type: 'Fuse' },
      model: { type: 'BPE', vocab: Object.fromEntries(this.ids), merges: [] },
    }
  }
}
