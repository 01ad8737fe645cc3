import { type AppendFile, openToAppend } from '../../files/appendFile.ts'
import { encodeEvent, type EventContent } from './event.ts'
import { histogramOf } from './histogram.ts'
import { tfRecord } from './tfRecord.ts'

/** Options of `SummaryWriter`. */
export interface SummaryWriterOptions {
  /** From this step on, what earlier files in the folder say no longer counts: that of the checkpoint that is resumed. */
  readonly purgeStep?: number | undefined
  /** The time in ms since 1970. Default: the clock. */
  readonly now?: (() => number) | undefined
}

/**
 * Writes a file of events that TensorBoard shows, in Node (`torch.utils.tensorboard.SummaryWriter`). What was added is in
 * the file at once.
 *
 * @example
 * const writer = new SummaryWriter('runs/digits')   // tensorboard --logdir runs
 * writer.addScalar('loss', 0.7, 1)
 * writer.addHistogram('weights', await model.fc1.weight.data(), 1)
 * writer.addText('sample', 'Call me Ishmael.', 1)
 * writer.close()
 */
export class SummaryWriter {
  /** The file. */
  readonly path: string
  readonly #file: AppendFile
  readonly #now: () => number

  /** @param folder made if need be; the file gets a name of its own */
  constructor(folder: string, { purgeStep, now = Date.now }: SummaryWriterOptions = {}) {
    this.#now = now
    const seconds = String(Math.floor(now() / 1000)).padStart(10, '0')
    // TensorBoard reads the files of a folder in the order of their names.
    this.path = `${folder}/events.out.tfevents.${seconds}.${String(filesSoFar++).padStart(4, '0')}.${crypto.randomUUID()}`
    this.#file = openToAppend(this.path, 0)
    this.#write(0, { fileVersion: 'brain.Event:2' })
    if (purgeStep !== undefined) this.#write(purgeStep, { restart: true })
  }

  /** A number, as a point of a curve. */
  addScalar(tag: string, value: number, step: number): void {
    this.#write(step, { tag, scalar: value })
  }

  /**
   * How numbers are spread.
   *
   * @param values those that are not finite are left out
   */
  addHistogram(tag: string, values: Iterable<number>, step: number): void {
    this.#write(step, { tag, histogram: histogramOf(values) })
  }

  /**
   * A text.
   *
   * @param text shown as Markdown
   */
  addText(tag: string, text: string, step: number): void {
    this.#write(step, { tag, text })
  }

  /** Closes the file. */
  close(): void {
    this.#file.close()
  }

  #write(step: number, content: EventContent): void {
    this.#file.append(tfRecord(encodeEvent({ wallTime: this.#now() / 1000, step }, content)))
  }
}

let filesSoFar = 0
