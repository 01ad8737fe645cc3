import { once } from 'node:events'
import type { Terminal } from '../terminal.ts'

/** Writes, and waits while the reader is behind, so that nothing piles up. */
export async function write({ out }: Terminal, text: string): Promise<void> {
  if (text !== '' && !out.write(text)) await once(out, 'drain')
}

/** Milliseconds between two lines of progress. */
const interval = 3000

/** Says on standard error how far a long job is: every few seconds, and nothing about short ones. */
export function progressLine({ err }: Terminal, now: () => number = () => performance.now()) {
  let last = now()
  return (line: () => string): void => {
    if (now() - last < interval) return
    last = now()
    err.write(`${line()}\n`)
  }
}

/** 12345678 → '12.3 MB' */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
