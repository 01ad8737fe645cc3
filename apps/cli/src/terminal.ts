/** Where a command reads and writes: results go out, progress and complaints to err. */
export interface Terminal {
  readonly input: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined }
  readonly out: NodeJS.WritableStream
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
  /** Aborted when the user wants to stop, once what was done has been saved. */
  readonly interrupted: AbortSignal
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  // A reader that has enough, such as `head`, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  let interrupted: AbortSignal | undefined
  return {
    input: process.stdin,
    out: process.stdout,
    err: process.stderr,
    get interrupted() {
      return (interrupted ??= listenForInterruption())
    },
  }
}

/** The first Ctrl-C asks to stop, the second ends the process at once; where nobody listens, the first one does. */
function listenForInterruption(): AbortSignal {
  const controller = new AbortController()
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
  })
  return controller.signal
}

/** All text of the standard input; undefined at a keyboard, where nobody is expected to type it. */
export async function readInput({ input }: Terminal): Promise<string | undefined> {
  if (input.isTTY === true) return undefined
  const parts: Uint8Array[] = []
  for await (const part of input) parts.push(typeof part === 'string' ? Buffer.from(part) : part)
  return Buffer.concat(parts).toString('utf8')
}
