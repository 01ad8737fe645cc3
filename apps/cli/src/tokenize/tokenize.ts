import { CharTokenizer, type Tokenizer, trainBpe } from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import { readInput, type Terminal } from '../terminal.ts'
import { asUsage, decodeIds, encodeText, readTokenizer, writeTokenizer } from '../tokenizerFile.ts'
import { readText } from '../train/corpus.ts'

export interface TokenizeOptions {
  readonly tokenizer?: string | undefined
  readonly decode?: boolean | undefined
  readonly train?: string | undefined
  readonly type: 'char' | 'bpe'
  readonly vocabSize: number
  readonly out: string
  readonly json?: boolean | undefined
}

/** What a command found out, as a line to read and as a document. */
interface Result {
  readonly line: string
  readonly document: object
}

/** `wids tokenize`: encodes, decodes, or trains a tokenizer. */
export async function tokenize(
  text: string | undefined,
  options: TokenizeOptions,
  terminal: Terminal,
): Promise<number> {
  const { line, document } =
    options.train === undefined ? await convert(text, options, terminal) : await train(options.train, options)
  terminal.out.write(`${options.json === true ? JSON.stringify({ schema: 1, ...document }) : line}\n`)
  return 0
}

async function convert(text: string | undefined, options: TokenizeOptions, terminal: Terminal): Promise<Result> {
  if (options.tokenizer === undefined)
    throw new Failure('name a tokenizer with --tokenizer, or make one from a text with --train', 2)
  const tokenizer = await readTokenizer(options.tokenizer)
  const given = text ?? (await readInput(terminal))
  if (given === undefined) throw new Failure('there is nothing to tokenize; give a text, or pipe one in', 2)
  return options.decode === true ? decoded(tokenizer, given) : encoded(tokenizer, given)
}

function encoded(tokenizer: Tokenizer, text: string): Result {
  const ids = [...encodeText(tokenizer, text)]
  return { line: ids.join(' '), document: { ids, tokens: ids.map(id => tokenizer.idToToken(id)) } }
}

function decoded(tokenizer: Tokenizer, text: string): Result {
  const ids = text.split(/[\s,]+/).filter(word => word !== '')
  const wrong = ids.find(word => !/^\d+$/.test(word))
  if (wrong !== undefined) throw new Failure(`ids are whole numbers, got ${JSON.stringify(wrong)}`, 2)
  const line = decodeIds(tokenizer, ids.map(Number))
  return { line, document: { text: line } }
}

async function train(file: string, { type, vocabSize, out }: TokenizeOptions): Promise<Result> {
  const text = await readText(file)
  const tokenizer = type === 'char' ? CharTokenizer.train(text) : asUsage(() => trainBpe(text, { vocabSize }))
  await writeTokenizer(out, tokenizer)
  return {
    line: `${out}: ${tokenizer.vocabSize} tokens`,
    document: { file: out, type, vocabSize: tokenizer.vocabSize },
  }
}
