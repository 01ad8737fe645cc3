import { ArgumentError, createDecodeStream, PipelineTokenizer, type Tokenizer } from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { megabytes, progressLine, write } from './output.ts'
import { readBlocks } from './textInput.ts'
import { readAnyTokenizer, type TokenizerSource } from './tokenizerSource.ts'

export interface DecodeOptions extends TokenizerSource {
  readonly skipSpecial?: boolean | undefined
  readonly json?: boolean | undefined
}

/** `wids tokenizer decode`: text of ids, written as they come. */
export async function decode(file: string, options: DecodeOptions, terminal: Terminal): Promise<number> {
  const tokenizer = await readAnyTokenizer(options)
  const decoder = decoderOf(tokenizer, { skipSpecialTokens: options.skipSpecial === true })
  const asJson = options.json === true
  let prefix = asJson ? '{"schema":1,"text":"' : ''
  const show = async (text: string): Promise<void> => {
    await write(terminal, `${prefix}${asJson ? JSON.stringify(text).slice(1, -1) : text}`)
    prefix = ''
  }
  const progress = progressLine(terminal)
  let bytes = 0
  const blocks = readBlocks(file, terminal, count => {
    bytes += count
    progress(() => `${megabytes(bytes)} read`)
  })
  for await (const ids of idBlocks(blocks)) await show(asUsage(() => decoder.push(ids)))
  await show(decoder.end())
  if (asJson) await write(terminal, '"}\n')
  return 0
}

interface BlockDecoder {
  push(ids: readonly number[]): string
  end(): string
}

/** Where decoding joins bytes, blocks of ids are decoded at once, otherwise one id after the other. */
function decoderOf(tokenizer: Tokenizer, how: { readonly skipSpecialTokens: boolean }): BlockDecoder {
  if (tokenizer instanceof PipelineTokenizer && tokenizer.joinsBytes) {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
    return {
      push: ids => decoder.decode(tokenizer.decodeBytes(ids, how), { stream: true }),
      end: () => decoder.decode(),
    }
  }
  const stream = createDecodeStream(tokenizer, how)
  return { push: ids => ids.map(id => stream.push(id)).join(''), end: () => stream.end() }
}

function asUsage(push: () => string): string {
  try {
    return push()
  } catch (error) {
    // The index is one of the stream's own.
    throw error instanceof ArgumentError ? new Failure(error.message.replace(/ \(at index \d+\)/, ''), 2) : error
  }
}

/** The ids in a text; a number that the end of a block cuts waits for its rest. */
async function* idBlocks(blocks: AsyncIterable<string>): AsyncGenerator<number[]> {
  let held = ''
  for await (const block of blocks) {
    const words = (held + block).split(/[\s,]+/)
    held = words.pop() ?? ''
    // No id is so long: do not wait for its end.
    if (held.length > 20) parseId(`${held.slice(0, 20)}…`)
    yield words.filter(word => word !== '').map(parseId)
  }
  if (held !== '') yield [parseId(held)]
}

function parseId(word: string): number {
  if (!/^\d+$/.test(word)) throw new Failure(`ids are whole numbers, got ${JSON.stringify(word)}`, 2)
  return Number(word)
}
