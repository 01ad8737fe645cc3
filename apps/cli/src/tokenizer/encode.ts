import { PipelineTokenizer, type Tokenizer } from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { megabytes, progressLine, write } from './output.ts'
import { cutsOf, safeParts } from './safeCuts.ts'
import { encodingPart, type Special, specialOptions } from './special.ts'
import { readBlocks } from './textInput.ts'
import { readAnyTokenizer, type TokenizerSource } from './tokenizerSource.ts'

export interface EncodeOptions extends TokenizerSource {
  readonly text?: string | undefined
  readonly special: Special
  readonly template: boolean
  readonly count?: boolean | undefined
  readonly json?: boolean | undefined
}

/** Ids to write at a time. */
const idsPerLine = 1 << 14

/** `wids tokenizer encode`: ids of a text of any size, written as they come. */
export async function encode(file: string, options: EncodeOptions, terminal: Terminal): Promise<number> {
  if (options.text !== undefined && file !== '-') throw new Failure('give a file or --text, not both', 2)
  const tokenizer = await readAnyTokenizer(options)
  const blocks = options.text === undefined ? readWithProgress(file, terminal) : once(options.text)
  const ids = idsOf(tokenizer, safeParts(blocks, cutsOf(tokenizer)), options)
  const total = await writeIds(ids, options, terminal)
  if (options.json === true)
    await write(terminal, options.count === true ? `{"schema":1,"count":${total}}\n` : `],"count":${total}}\n`)
  else await write(terminal, options.count === true ? `${total}\n` : '\n')
  return 0
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

function readWithProgress(file: string, terminal: Terminal): AsyncGenerator<string> {
  const progress = progressLine(terminal)
  let bytes = 0
  return readBlocks(file, terminal, count => {
    bytes += count
    progress(() => `${megabytes(bytes)} read`)
  })
}

/** Writes the ids, if they are wanted, and returns how many there are. */
async function writeIds(ids: AsyncIterable<Uint32Array>, options: EncodeOptions, terminal: Terminal): Promise<number> {
  const [start, between] = options.json === true ? ['{"schema":1,"ids":[', ','] : ['', ' ']
  let total = 0
  let prefix = start
  for await (const part of ids)
    for (let at = 0; at < part.length; at += idsPerLine) {
      const some = part.subarray(at, at + idsPerLine)
      total += some.length
      if (options.count === true) continue
      await write(terminal, `${prefix}${some.join(between)}`)
      prefix = between
    }
  if (total === 0 && options.count !== true) await write(terminal, start)
  return total
}

/** Ids of all parts, with the tokenizer's template around them once. */
async function* idsOf(
  tokenizer: Tokenizer,
  parts: AsyncIterable<string>,
  { special, template }: EncodeOptions,
): AsyncGenerator<Uint32Array> {
  const frame = template ? templateOf(tokenizer) : { before: [], after: [] }
  yield Uint32Array.from(frame.before)
  const how = { ...specialOptions[special], addSpecialTokens: false }
  let position = 0
  for await (const part of parts) {
    yield encodingPart(position, () => tokenizer.encode(part, how))
    position += part.length
  }
  yield Uint32Array.from(frame.after)
}

function templateOf(tokenizer: Tokenizer): { before: readonly number[]; after: readonly number[] } {
  const parts = tokenizer instanceof PipelineTokenizer ? (tokenizer.pipeline.postProcessor?.single ?? []) : []
  const place = parts.findIndex(({ kind }) => kind === 'sequence')
  const ids = (some: typeof parts): number[] => some.flatMap(part => (part.kind === 'special' ? part.ids : []))
  return { before: ids(parts.slice(0, Math.max(0, place))), after: ids(parts.slice(place + 1)) }
}
