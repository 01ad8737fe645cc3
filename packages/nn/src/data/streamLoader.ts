import { type Collated, collate as joinItems } from './collate.ts'
import { Loader, type LoaderOptions } from './loader.ts'

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
export class StreamLoader<Item, Batch = Collated<Item>> extends Loader<Item, Batch> {
  readonly #stream: Stream<Item>
  readonly #options: LoaderOptions<Item, Batch>

  /** @throws ArgumentError for sizes that are not whole */
  constructor(stream: Stream<Item>, options: LoaderOptions<Item, Batch> = {}) {
    super(options, Infinity)
    this.#stream = stream
    this.#options = options
  }

  protected override async *batches(epoch: number, from: number): AsyncGenerator<Batch> {
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
