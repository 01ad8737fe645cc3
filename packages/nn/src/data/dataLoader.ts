import { ArgumentError } from '@wids/tensor'
import { type Collated, collate as joinItems } from './collate.ts'
import { type Dataset, datasetOf } from './dataset.ts'
import { shuffledOrder } from './order.ts'
import { prefetched } from './prefetch.ts'

/** The place of the next batch: the state of a loader, which a checkpoint stores as JSON. */
export type Cursor = {
  /** Epochs that are done. */
  readonly epoch: number
  /** Batches of the epoch that are done. */
  readonly batch: number
}

/** Options of every loader. */
export interface LoaderOptions<Item, Batch> {
  /** Items in a batch. Default 1. */
  readonly batchSize?: number | undefined
  /** Whether a last batch that is not full is left out. Default false. */
  readonly dropLast?: boolean | undefined
  /** Makes a batch of items. Default: `collate`. */
  readonly collate?: ((items: readonly Item[]) => Batch | Promise<Batch>) | undefined
  /** Batches that are read before they are wanted. Default 1. */
  readonly prefetch?: number | undefined
}

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<Item, Batch> extends LoaderOptions<Item, Batch> {
  /** Whether each epoch has an order of its own. Default false. */
  readonly shuffle?: boolean | undefined
  /** What, with the epoch, decides the order. Default 0. */
  readonly seed?: number | undefined
}

/** @throws ArgumentError unless the sizes are whole */
export function checkLoader({
  batchSize = 1,
  prefetch = 1,
}: Pick<LoaderOptions<unknown, unknown>, 'batchSize' | 'prefetch'>): void {
  if (!(Number.isSafeInteger(batchSize) && batchSize > 0))
    throw new ArgumentError('DataLoader', `batchSize is a positive integer, got ${batchSize}`)
  if (!(Number.isSafeInteger(prefetch) && prefetch >= 0))
    throw new ArgumentError('DataLoader', `prefetch is a whole number of at least 0, got ${prefetch}`)
}

/** @throws ArgumentError unless it is a place */
export function checkCursor({ epoch, batch }: Cursor): void {
  if (!(Number.isSafeInteger(epoch) && epoch >= 0 && Number.isSafeInteger(batch) && batch >= 0))
    throw new ArgumentError('seek', `epoch and batch are whole numbers, got ${epoch} and ${batch}`)
}

/**
 * Batches of a dataset (`torch.utils.data.DataLoader`). Each `for await` runs to the end of the epoch, from where the
 * cursor is: after a `break` or a `seek` it goes on in the middle. The order of an epoch depends on the seed and its
 * number only, so that a run that is resumed sees what it would have seen.
 *
 * @example
 * const loader = new DataLoader(new TokenWindows(tokens, { length: 64 }), { batchSize: 12, shuffle: true, seed: 7 })
 * await loadCheckpoint('runs/moby', { model, optimizer, loader })
 * while (loader.cursor.epoch < 3) for await (const [x, y] of loader) step(x, y)
 */
export class DataLoader<Item, Batch = Collated<Item>> implements AsyncIterable<Batch> {
  /** Batches in an epoch. */
  readonly length: number
  readonly #dataset: Dataset<Item>
  readonly #options: DataLoaderOptions<Item, Batch>
  #cursor: Cursor = { epoch: 0, batch: 0 }

  /** @throws ArgumentError for sizes that are not whole, or when there is not one batch */
  constructor(source: Dataset<Item> | readonly Item[], options: DataLoaderOptions<Item, Batch> = {}) {
    checkLoader(options)
    const { batchSize = 1, dropLast = false } = options
    this.#dataset = datasetOf(source)
    this.#options = options
    const batches = this.#dataset.length / batchSize
    this.length = dropLast ? Math.floor(batches) : Math.ceil(batches)
    if (this.length === 0)
      throw new ArgumentError('DataLoader', `${this.#dataset.length} items make no batch of ${batchSize}`)
  }

  /** The place of the next batch. While a batch is being worked on, it is already that of the one after. */
  get cursor(): Cursor {
    return this.#cursor
  }

  /**
   * Goes on from a place.
   *
   * @throws ArgumentError unless the epoch has such a batch
   */
  seek(cursor: Cursor): void {
    checkCursor(cursor)
    if (cursor.batch >= this.length)
      throw new ArgumentError('seek', `an epoch has ${this.length} batches, got batch ${cursor.batch}`)
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

  /** The batches of one epoch, from the cursor on. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const { epoch, batch } = this.#cursor
    let at = batch
    for await (const value of prefetched(this.#batches(epoch, batch), this.#options.prefetch ?? 1)) {
      at++
      this.#cursor = at === this.length ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: at }
      yield value
    }
  }

  async *#batches(epoch: number, from: number): AsyncGenerator<Batch> {
    const { batchSize = 1, shuffle = false, seed = 0, collate = joinItems } = this.#options
    const { length } = this.#dataset
    const order = shuffle ? shuffledOrder(length, seed, epoch) : undefined
    for (let at = from; at < this.length; at++) {
      const size = Math.min(batchSize, length - at * batchSize)
      const places = Array.from({ length: size }, (_, i) => at * batchSize + i)
      const items = await Promise.all(places.map(place => this.#dataset.get(order?.[place] ?? place)))
      yield (await collate(items)) as Batch
    }
  }
}
