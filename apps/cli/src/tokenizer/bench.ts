import type { Tokenizer } from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { asUsage } from '../tokenizerFile.ts'
import { write } from './output.ts'
import { cutsOf, safeParts } from './safeCuts.ts'
import { readBlocks } from './textInput.ts'
import { readAnyTokenizer, type TokenizerSource } from './tokenizerSource.ts'

export interface BenchOptions extends TokenizerSource {
  readonly seconds: number
  readonly json?: boolean | undefined
}

/** `wids tokenizer bench`: encodes a text again and again. The first pass has not seen it, the others have. */
export async function bench(file: string, options: BenchOptions, terminal: Terminal): Promise<number> {
  const tokenizer = await readAnyTokenizer(options)
  let bytes = 0
  const parts: string[] = []
  const blocks = readBlocks(file, terminal, count => (bytes += count))
  for await (const part of safeParts(blocks, cutsOf(tokenizer))) parts.push(part)
  if (bytes === 0) throw new Failure('the text is empty; there is nothing to measure')
  const { seconds, tokens } = asUsage(() => measure(tokenizer, parts, options.seconds))
  const rate = (time: number): number => Number((bytes / 1e6 / time).toPrecision(4))
  const [first, median] = [rate(seconds[0]!), rate(medianOf(seconds.length > 1 ? seconds.slice(1) : seconds))]
  const document = { schema: 1, bytes, tokens, passes: seconds.length, firstMBps: first, medianMBps: median }
  const line =
    `${median} MB/s (median of ${seconds.length} passes), ${first} MB/s in the first; ` +
    `${bytes} bytes, ${tokens} tokens`
  await write(terminal, `${options.json === true ? JSON.stringify(document) : line}\n`)
  return 0
}

/** Seconds of each pass over the text. */
function measure(tokenizer: Tokenizer, parts: readonly string[], least: number): { seconds: number[]; tokens: number } {
  const seconds: number[] = []
  let tokens = 0
  for (let spent = 0; spent < least; spent += seconds.at(-1)!) {
    const begin = performance.now()
    tokens = parts.reduce(
      (sum, part) => sum + tokenizer.encode(part, { disallowedSpecial: 'text', addSpecialTokens: false }).length,
      0,
    )
    seconds.push(Math.max(1e-6, (performance.now() - begin) / 1000))
  }
  return { seconds, tokens }
}

const medianOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
