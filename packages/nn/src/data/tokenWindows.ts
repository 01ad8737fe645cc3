import { ArgumentError } from '@wids/tensor'
import type { Dataset } from './dataset.ts'

/** Token numbers, such as a tokenizer gives or a file of them holds. */
export type Tokens = readonly number[] | Int32Array | Uint32Array | Uint16Array | Uint8Array

/**
 * Windows over a stream of tokens for language models: item i is x = tokens[i · stride …] and y the same one later, both
 * i32 [length]. With stride 1 and a loader that shuffles, windows begin anywhere, as in nanoGPT.
 *
 * @example
 * const windows = new TokenWindows(tokenizer.encode(text), { length: 64 })
 * for await (const [x, y] of new DataLoader(windows, { batchSize: 12 })) console.log(x.shape)   // [12, 64]
 */
export class TokenWindows implements Dataset<readonly [x: Int32Array, y: Int32Array]> {
  /** How many windows there are. */
  readonly length: number
  readonly #tokens: Tokens
  readonly #window: number
  readonly #stride: number

  /**
   * @param length tokens in a window
   * @param stride tokens from one window to the next. Default: `length`, so that each is predicted once
   * @throws ArgumentError unless both are positive and one window fits
   */
  constructor(tokens: Tokens, { length, stride = length }: { readonly length: number; readonly stride?: number }) {
    if (![length, stride].every(n => Number.isSafeInteger(n) && n > 0))
      throw new ArgumentError('TokenWindows', `length and stride are positive integers, got ${length} and ${stride}`)
    if (tokens.length < length + 1)
      throw new ArgumentError('TokenWindows', `a window of ${length} needs ${length + 1} tokens, got ${tokens.length}`)
    this.length = Math.floor((tokens.length - length - 1) / stride) + 1
    this.#tokens = tokens
    this.#window = length
    this.#stride = stride
  }

  /**
   * The window at a position: x and y, both i32 [length].
   *
   * @throws ArgumentError for an index that is no window
   */
  get(index: number): readonly [x: Int32Array, y: Int32Array] {
    if (!(Number.isSafeInteger(index) && index >= 0 && index < this.length))
      throw new ArgumentError('TokenWindows', `windows are 0 to ${this.length - 1}, got ${index}`)
    const start = index * this.#stride
    const cut = (from: number): Int32Array => Int32Array.from(this.#tokens.slice(from, from + this.#window))
    return [cut(start), cut(start + 1)]
  }
}
