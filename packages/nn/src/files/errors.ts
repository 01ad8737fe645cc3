import { WidsError } from '@wids/tensor'

/** A file is not what its format demands; `file` is its path or name. */
export class FormatError extends WidsError {
  readonly file: string
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options)
    this.file = file
  }
}

/** A checkpoint cannot be written, found or read; `path` is where. */
export class CheckpointError extends WidsError {
  readonly path: string
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options)
    this.path = path
  }
}
