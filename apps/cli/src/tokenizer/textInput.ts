import { createReadStream } from 'node:fs'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

/** Bytes to read at a time. */
const blockSize = 1 << 18

/** The text of a file, or of standard input for `-`, block by block; no character is cut. */
export async function* readBlocks(
  file: string,
  terminal: Terminal,
  onBytes: (count: number) => void = () => {},
): AsyncGenerator<string, void, void> {
  if (file === '-' && terminal.input.isTTY === true)
    throw new Failure('there is nothing to read; name a file, or pipe text in', 2)
  const blocks = file === '-' ? terminal.input : createReadStream(file, { highWaterMark: blockSize })
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined })
    } catch {
      throw new Failure(`${file === '-' ? 'the standard input' : file} is not text in UTF-8`)
    }
  }
  for await (const block of blocks as AsyncIterable<Uint8Array | string>) {
    const bytes = typeof block === 'string' ? Buffer.from(block) : block
    onBytes(bytes.length)
    yield decode(bytes)
  }
  yield decode()
}
