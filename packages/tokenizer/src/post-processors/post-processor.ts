/** A part of a template: the first or second text, or fixed special tokens. */
export type TemplatePart =
  | { readonly kind: 'sequence'; readonly sequence: 0 | 1; readonly typeId: number }
  | { readonly kind: 'special'; readonly ids: readonly number[]; readonly typeId: number }

/** Puts special tokens around one text or a pair of texts. */
export interface PostProcessor {
  readonly single: readonly TemplatePart[]
  readonly pair: readonly TemplatePart[]
  /** Whether offsets leave out white space at the edges of tokens, and whether a leading space was added. */
  readonly trimOffsets?: { readonly addPrefixSpace: boolean }
  /** The `post_processor` object of tokenizer.json. */
  readonly json: { readonly type: string; readonly [field: string]: unknown }
}

/** Without a post-processor texts stand as they are, one behind the other. */
export const plainTemplate: Pick<PostProcessor, 'single' | 'pair'> = {
  single: [{ kind: 'sequence', sequence: 0, typeId: 0 }],
  pair: [
    { kind: 'sequence', sequence: 0, typeId: 0 },
    { kind: 'sequence', sequence: 1, typeId: 1 },
  ],
}
