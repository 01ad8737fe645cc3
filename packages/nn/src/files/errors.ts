import { WidsError } from '@wids/tensor'

/**
 * A file is not what its format demands.
 *
 * @example
 * try {
 *   await readSafetensors('model.safetensors')
 * } catch (error) {
 *   if (error instanceof FormatError) console.log(error.file, error.message)
 * }
 */
export class FormatError extends WidsError {
  /** Its path or name. */
  readonly file: string

  /** @param problem what is wrong with it */
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options)
    this.file = file
  }
}

/**
 * A checkpoint cannot be written, found or read.
 *
 * @example
 * try {
 *   await readCheckpoint('runs/moby')
 * } catch (error) {
 *   if (error instanceof CheckpointError) console.log(error.path, error.message)
 * }
 */
export class CheckpointError extends WidsError {
  /** Where it is, or was to be. */
  readonly path: string

  /** @param problem what is wrong with it */
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options)
    this.path = path
  }
}
