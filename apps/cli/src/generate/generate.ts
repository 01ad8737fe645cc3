import { generate as generateTokens } from '@wids/transformer'
import { readRun } from '../runFolder.ts'
import { Failure } from '../failure.ts'
import { readInput, type Terminal } from '../terminal.ts'
import { encodeText } from '../tokenizerFile.ts'
import { untilStop } from './stopStrings.ts'
import { textPieces } from './textPieces.ts'

export interface GenerateOptions {
  readonly prompt: string
  readonly tokens: number
  readonly temperature: number
  readonly topK?: number | undefined
  readonly topP?: number | undefined
  readonly seed?: number | undefined
  readonly stop?: readonly string[] | undefined
  readonly cache: boolean
  readonly json?: boolean | undefined
}

/** `wids generate`: continues a text and prints the continuation as it comes, or at the end as JSON. */
export async function generate(folder: string, options: GenerateOptions, terminal: Terminal): Promise<number> {
  const { model, tokenizer } = await readRun(folder)
  const prompt = options.prompt === '-' ? ((await readInput(terminal)) ?? '') : options.prompt
  const ids = encodeText(tokenizer, prompt)
  if (ids.length === 0) throw new Failure('the prompt is empty; give at least one character to continue', 2)
  const { tokens: maxTokens, temperature, topK, topP, seed, cache } = options
  const tokens = generateTokens(model, ids, { maxTokens, temperature, topK, topP, seed, cache })
  const show = options.json === true ? () => {} : (text: string) => void terminal.out.write(text)
  const { text, stopped } = await stream(textPieces(tokenizer, tokens), options.stop ?? [], show, terminal)
  if (options.json === true)
    terminal.out.write(`${JSON.stringify({ schema: 1, prompt, text, finishReason: stopped ? 'stop' : 'length' })}\n`)
  else if (!text.endsWith('\n')) terminal.out.write('\n')
  return terminal.interrupted.aborted ? 130 : 0
}

/** Shows the pieces until a stop string or an interruption; returns all that was shown. */
async function stream(
  pieces: AsyncIterable<string>,
  stop: readonly string[],
  show: (text: string) => void,
  { interrupted }: Terminal,
): Promise<{ text: string; stopped: boolean }> {
  const push = untilStop(stop)
  let all = ''
  const pass = (piece: string, last = false): boolean => {
    const { text, stopped } = push(piece, last)
    if (text !== '') show(text)
    all += text
    return stopped
  }
  for await (const piece of pieces) if (interrupted.aborted || pass(piece)) return { text: all, stopped: true }
  return { text: all, stopped: pass('', true) }
}
