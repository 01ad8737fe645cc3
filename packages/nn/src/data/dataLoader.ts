import { ArgumentError } from '@wids/tensor'
import { type Collated, collate as joinItems } from './collate.ts'
import { type Dataset, datasetOf } from './dataset.ts'
import { Loader, type LoaderOptions } from './loader.ts'
import { shuffledOrder } from './order.ts'

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<Item, Batch> extends LoaderOptions<Item, Batch> {
  /** Whether each epoch has an order of its own. Default false. */
  readonly shuffle?: boolean | undefined
  /** What, with the epoch, decides the order. Default 0. */
  readonly seed?: number | undefined
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
export class DataLoader<Item, Batch = Collated<Item>> extends Loader<Item, Batch> {
  /** Batches in an epoch. */
  readonly length: number
  readonly #dataset: Dataset<Item>
  readonly #options: DataLoaderOptions<Item, Batch>

  /** @throws ArgumentError for sizes that are not whole, or when there is not one batch */
  constructor(source: Dataset<Item> | readonly Item[], options: DataLoaderOptions<Item, Batch> = {}) {
    const { batchSize = 1, dropLast = false } = options
    const dataset = datasetOf(source)
    const batches = dataset.length / batchSize
    const length = dropLast ? Math.floor(batches) : Math.ceil(batches)
    super(options, length)
    if (length === 0) throw new ArgumentError('DataLoader', `${dataset.length} items make no batch of ${batchSize}`)
    this.length = length
    this.#dataset = dataset
    this.#options = options
  }

  protected override async *batches(epoch: number, from: number): AsyncGenerator<Batch> {
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
