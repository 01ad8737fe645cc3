import { type Collated, collate as joinItems } from './collate.ts'
import { checkCursor, checkLoader, type Cursor, type LoaderOptions } from './dataLoader.ts'
import { prefetched } from './prefetch.ts'

/** Items in their own order: of each epoch anew, or the same for all. */
export type Stream<Item> =
  | Iterable<Item>
  | AsyncIterable<Item>
  | ((epoch: number) => Iterable<Item> | AsyncIterable<Item>)

/**
 * Batches of a stream whose length nobody knows (PyTorch's `IterableDataset`). Each `for await` runs to the end of the
 * epoch, from where the cursor is; to go on in the middle, items before it are read and left out.
 *
 * @example
 * const lines = new StreamLoader(() => readLines('corpus.txt'), { batchSize: 32 })
 * for await (const batch of lines) console.log(batch.length)   // string[] of 32
 */
export class StreamLoader<Item, Batch = Collated<Item>> implements AsyncIterable<Batch> {
  readonly #stream: Stream<Item>
  readonly #options: LoaderOptions<Item, Batch>
  #cursor: Cursor = { epoch: 0, batch: 0 }

  /** @throws ArgumentError for sizes that are not whole */
  constructor(stream: Stream<Item>, options: LoaderOptions<Item, Batch> = {}) {
    checkLoader(options)
    this.#stream = stream
    this.#options = options
  }

  /** The place of the next batch; at the end of an epoch, that of the next is only known when one more is asked for. */
  get cursor(): Cursor {
    return this.#cursor
  }

  /** @throws ArgumentError unless epoch and batch are whole numbers */
  seek(cursor: Cursor): void {
    checkCursor(cursor)
    this.#cursor = { epoch: cursor.epoch, batch: cursor.batch }
  }

  /** The cursor, for a checkpoint. */
  stateDict(): Cursor {
    return this.#cursor
  }

  /** As `seek`. */
  loadStateDict(cursor: Cursor): void {
    this.seek(cursor)
  }

  /** Batches until the stream ends, from the cursor on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const { epoch, batch } = this.#cursor
    let at = batch
    for await (const value of prefetched(this.#batches(epoch, batch), this.#options.prefetch ?? 1)) {
      this.#cursor = { epoch, batch: ++at }
      yield value
    }
    this.#cursor = { epoch: epoch + 1, batch: 0 }
  }

  async *#batches(epoch: number, from: number): AsyncGenerator<Batch> {
    const { batchSize = 1, dropLast = false, collate = joinItems } = this.#options
    let left = from * batchSize
    let items: Item[] = []
    for await (const item of typeof this.#stream === 'function' ? this.#stream(epoch) : this.#stream) {
      if (left-- > 0) continue
      items.push(item)
      if (items.length < batchSize) continue
      yield (await collate(items)) as Batch
      items = []
    }
    if (items.length > 0 && !dropLast) yield (await collate(items)) as Batch
  }
}
