import { CheckpointError, FormatError } from './errors.ts'
import { codeOf } from './nodeFiles.ts'

/** Runs `body`, which reads a file; a failed call to the system becomes a FormatError. */
export async function orFormatError<Result>(file: string, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body()
  } catch (cause) {
    const code = codeOf(cause)
    if (code === undefined) throw cause
    throw new FormatError(file, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`, { cause })
  }
}

/** Runs `body`, which writes; a failed call to the system becomes a CheckpointError. */
export async function orCheckpointError<Result>(
  path: string,
  problem: string,
  body: () => Promise<Result>,
): Promise<Result> {
  try {
    return await body()
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause
    throw new CheckpointError(path, `${problem} (${codeOf(cause)})`, { cause })
  }
}
