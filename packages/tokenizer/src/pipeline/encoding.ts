/** The tokens of a text, or of a pair of texts, with all that a model may want to know about them. */
export interface Encoding {
  readonly ids: Uint32Array
  /** For each token the text it belongs to, as the template numbers them. */
  readonly typeIds: Uint32Array
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Uint8Array
  /** 1 for tokens of the template and for padding, 0 for tokens of the text. */
  readonly specialTokensMask: Uint8Array
  /**
   * Start and end of each token in its text, two numbers a token, in UTF-16 units (those of `text.slice`). Tokens of
   * the template have 0, 0.
   */
  readonly offsets: Uint32Array
  /** For each token which word of its text it is of, `noWord` for tokens that are of none. */
  readonly words: Uint32Array
  /** What truncation cut off, in parts of the same length, overlapping by the stride. */
  readonly overflowing: readonly Encoding[]
}

/** Word index of tokens that belong to no word of the text. */
export const noWord = 0xffffffff

/** Fields of an encoding that hold one entry a token, and `offsets`, which holds two. */
export type TokenFields = Omit<Encoding, 'overflowing'>

/** Tokens `[start, end)` of an encoding. */
export function sliceFields(fields: TokenFields, start: number, end: number): TokenFields {
  return {
    ids: fields.ids.slice(start, end),
    typeIds: fields.typeIds.slice(start, end),
    attentionMask: fields.attentionMask.slice(start, end),
    specialTokensMask: fields.specialTokensMask.slice(start, end),
    offsets: fields.offsets.slice(start * 2, end * 2),
    words: fields.words.slice(start, end),
  }
}

/** Encodings one behind the other. */
export function joinFields(parts: readonly TokenFields[]): TokenFields {
  return {
    ids: concat(Uint32Array, parts, part => part.ids),
    typeIds: concat(Uint32Array, parts, part => part.typeIds),
    attentionMask: concat(Uint8Array, parts, part => part.attentionMask),
    specialTokensMask: concat(Uint8Array, parts, part => part.specialTokensMask),
    offsets: concat(Uint32Array, parts, part => part.offsets),
    words: concat(Uint32Array, parts, part => part.words),
  }
}

function concat<T extends Uint32Array | Uint8Array>(
  Kind: new (length: number) => T,
  parts: readonly TokenFields[],
  field: (part: TokenFields) => T,
): T {
  const joined = new Kind(parts.reduce((length, part) => length + field(part).length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(field(part), at)
    at += field(part).length
  }
  return joined
}

/** The same tokens with another type id. */
export function withTypeId(fields: TokenFields, typeId: number): TokenFields {
  return { ...fields, typeIds: new Uint32Array(fields.ids.length).fill(typeId) }
}

/** Tokens that are of no text: those of a template or padding. */
export function specialFields(ids: readonly number[], typeId: number, isPadding: boolean): TokenFields {
  const { length } = ids
  return {
    ids: Uint32Array.from(ids),
    typeIds: new Uint32Array(length).fill(typeId),
    attentionMask: new Uint8Array(length).fill(isPadding ? 0 : 1),
    specialTokensMask: new Uint8Array(length).fill(1),
    offsets: new Uint32Array(length * 2),
    words: new Uint32Array(length).fill(noWord),
  }
}
