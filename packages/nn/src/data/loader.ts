import { ArgumentError } from '@wids/tensor'
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

/** What loaders share: a cursor, and reading ahead of it. */
export abstract class Loader<Item, Batch> implements AsyncIterable<Batch> {
  readonly #prefetch: number
  readonly #epochLength: number
  #cursor: Cursor = { epoch: 0, batch: 0 }

  /** @param epochLength batches in an epoch; Infinity while nobody knows */
  constructor({ batchSize = 1, prefetch = 1 }: LoaderOptions<Item, Batch>, epochLength: number) {
    if (!(Number.isSafeInteger(batchSize) && batchSize > 0))
      throw new ArgumentError(new.target.name, `batchSize is a positive integer, got ${batchSize}`)
    if (!(Number.isSafeInteger(prefetch) && prefetch >= 0))
      throw new ArgumentError(new.target.name, `prefetch is a whole number of at least 0, got ${prefetch}`)
    this.#prefetch = prefetch
    this.#epochLength = epochLength
  }

  /** The batches of an epoch from one on. */
  protected abstract batches(epoch: number, from: number): AsyncGenerator<Batch>

  /**
   * The place of the next batch. While a batch is being worked on, it is already that of the one after; where a stream
   * ends is only known when one more is asked for.
   */
  get cursor(): Cursor {
    return this.#cursor
  }

  /**
   * Goes on from a place.
   *
   * @throws ArgumentError unless epoch and batch are whole numbers, and the epoch has such a batch
   */
  seek({ epoch, batch }: Cursor): void {
    if (!(Number.isSafeInteger(epoch) && epoch >= 0 && Number.isSafeInteger(batch) && batch >= 0))
      throw new ArgumentError('seek', `epoch and batch are whole numbers, got ${epoch} and ${batch}`)
    if (batch >= this.#epochLength)
      throw new ArgumentError('seek', `an epoch has ${this.#epochLength} batches, got batch ${batch}`)
    this.#cursor = { epoch, batch }
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
    const nextEpoch = { epoch: epoch + 1, batch: 0 }
    let at = batch
    for await (const value of prefetched(this.batches(epoch, batch), this.#prefetch)) {
      at++
      this.#cursor = at === this.#epochLength ? nextEpoch : { epoch, batch: at }
      yield value
    }
    if (this.#epochLength === Infinity) this.#cursor = nextEpoch
  }
}
