import { PassThrough } from 'node:stream'
import type { Terminal } from '../src/terminal.ts'

/** A terminal whose output can be read back. */
export interface MemoryTerminal extends Terminal {
  readonly interrupt: () => void
  /** What was written so far. */
  readonly written: () => { readonly out: string; readonly err: string }
}

/** @param input what is piped in; nothing by default, as at a keyboard */
export function memoryTerminal(input?: string, isTTY = false): MemoryTerminal {
  const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })]
  const texts = [out, err].map(stream => {
    let text = ''
    stream.on('data', chunk => (text += String(chunk)))
    return () => text
  })
  const controller = new AbortController()
  return {
    input: Object.assign(piped(input), { isTTY: input === undefined }),
    out,
    err,
    interrupted: controller.signal,
    interrupt: () => controller.abort(),
    written: () => ({ out: texts[0]!(), err: texts[1]!() }),
  }
}

async function* piped(input: string | undefined): AsyncGenerator<string> {
  if (input !== undefined) yield input
}
