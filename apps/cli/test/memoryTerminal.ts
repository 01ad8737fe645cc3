import { PassThrough } from 'node:stream'
import type { Terminal } from '../src/terminal.ts'

/** A terminal whose output can be read back. */
export interface MemoryTerminal extends Terminal {
  readonly interrupt: () => void
  /** What was written so far. */
  readonly written: () => { readonly out: string; readonly err: string }
}

export function memoryTerminal(input = '', isTTY = false): MemoryTerminal {
  const [out, err] = [new PassThrough(), Object.assign(new PassThrough(), { isTTY })]
  const texts = [out, err].map(stream => {
    let text = ''
    stream.on('data', chunk => (text += String(chunk)))
    return () => text
  })
  const controller = new AbortController()
  return {
    input: (async function* () {
      yield input
    })(),
    out,
    err,
    interrupted: controller.signal,
    interrupt: () => controller.abort(),
    written: () => ({ out: texts[0]!(), err: texts[1]!() }),
  }
}
