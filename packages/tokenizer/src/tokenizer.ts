/** How `encode` treats the text. */
export interface EncodeOptions {
  /**
   * Special tokens that may be recognised in the text; none by default, so that text from users cannot smuggle in
   * control tokens.
   */
  allowedSpecial?: 'all' | Iterable<string>
  /** What to do when the text holds a special token that is not allowed: refuse it (default) or take it as plain text. */
  disallowedSpecial?: 'error' | 'text'
  /** Whether the tokenizer's template (`[CLS] … [SEP]`, a start token) is put around the text. Default true. */
  addSpecialTokens?: boolean
}

/** How ids become text. */
export interface DecodeOptions {
  /** Leave out special tokens. Default false. */
  skipSpecialTokens?: boolean
}

/** A tokenizer as plain data, in the layout of Hugging Face's `tokenizer.json`. */
export interface TokenizerJson {
  [field: string]: unknown
}

/**
 * Turns text into token ids and back. Every tokenizer of this package has this interface.
 *
 * @example
 * const tokenizer: Tokenizer = CharTokenizer.train('hello world')
 * const ids = tokenizer.encode('hello')
 * tokenizer.decode(ids) // 'hello'
 */
export interface Tokenizer {
  /** Number of ids: one more than the highest id. */
  readonly vocabSize: number
  /**
   * Token ids of a text, or of its UTF-8 bytes. A lone surrogate counts as U+FFFD. Throws `ArgumentError` when the text
   * holds what the vocabulary cannot express, a special token that is not allowed, or bytes that are not UTF-8.
   */
  encode(text: string | Uint8Array, options?: EncodeOptions): Uint32Array
  /** Text of token ids. Throws `ArgumentError` for an id that no token has. */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string
  /** The id of a token as the vocabulary writes it, or undefined. */
  tokenToId(token: string): number | undefined
  /** The token of an id as the vocabulary writes it, or undefined. */
  idToToken(id: number): string | undefined
  /** The whole tokenizer as plain data for `JSON.stringify`; `loadTokenizer` reads it back. */
  toJson(): TokenizerJson
}
