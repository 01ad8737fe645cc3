/** Turns tokens, as the vocabulary writes them, back into text. */
export interface Decoder {
  /** Rewrites the list of tokens; joined, the result is the text. */
  decode(tokens: string[]): string[]
  /** Set when decoding is nothing but joining the bytes of the tokens, which is faster and keeps invalid UTF-8. */
  readonly joinsBytes?: boolean
  /** The `decoder` object of tokenizer.json. */
  readonly json: { readonly type: string; readonly [field: string]: unknown }
}
