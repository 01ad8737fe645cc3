/** A mistake of the user that a command explains in one sentence; ends it with the given exit code. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number
  constructor(sentence: string, exitCode: 1 | 2 = 1) {
    super(sentence)
    this.exitCode = exitCode
  }
}

/** What went wrong with a file, by the system's code. */
const fileTroubles: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: path => `there is no file or folder ${path}`,
  EACCES: path => `${path} may not be read or written by this user`,
  EPERM: path => `${path} may not be read or written by this user`,
  EISDIR: path => `${path} is a folder, a file is needed`,
  ENOTDIR: path => `a part of ${path} is a file, a folder is needed`,
  ENOSPC: path => `the disk is full; ${path} could not be written`,
  EROFS: path => `${path} is on a disk that cannot be written`,
}

/** One sentence for an error. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, path } = error as NodeJS.ErrnoException
  const trouble = code === undefined ? undefined : fileTroubles[code]
  if (trouble !== undefined) return trouble(path ?? 'the file')
  // Errors of the packages have a name of their own and a sentence as message; these are slips of the program.
  const slip = [TypeError, ReferenceError, RangeError, SyntaxError].some(type => error.constructor === type)
  return slip
    ? `this should not happen: ${error.message}; run it again with --debug and report what it prints`
    : error.message
}
