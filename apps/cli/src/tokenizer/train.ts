import {
  CharTokenizer,
  createBpeTrainer,
  createUnigramTrainer,
  createWordPieceTrainer,
  type PatternName,
  type Tokenizer,
  type Trainer,
} from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { asUsage, writeTokenizer } from '../tokenizerFile.ts'
import { megabytes, progressLine, write } from './output.ts'
import { type Cuts, safeParts } from './safeCuts.ts'
import { readBlocks } from './textInput.ts'

type Type = 'bpe' | 'wordpiece' | 'unigram' | 'char'

export interface TrainOptions {
  readonly type: Type
  readonly vocabSize: number
  readonly minFrequency?: number | undefined
  readonly pattern?: PatternName | undefined
  readonly specialTokens?: readonly string[] | undefined
  readonly out: string
  readonly json?: boolean | undefined
}

type Report = (done: number, total: number) => void

/** `wids tokenizer train`: learns a tokenizer; of the texts only counts of words are kept. */
export async function train(files: readonly string[], options: TrainOptions, terminal: Terminal): Promise<number> {
  checkOptions(options)
  const progress = progressLine(terminal)
  const learner = learnerOf(options, (done, total) => progress(() => `learned ${done} of ${total}`))
  let bytes = 0
  const onBytes = (count: number): void => {
    bytes += count
    progress(() => `${megabytes(bytes)} read`)
  }
  for (const file of files.length === 0 ? ['-'] : files)
    for await (const text of learner.split(readBlocks(file, terminal, onBytes))) learner.feed(text)
  if (bytes === 0) throw new Failure('the text is empty; a text to train on is needed')
  const tokenizer = asUsage(() => learner.train())
  const { out: file, type, json } = options
  await writeTokenizer(file, tokenizer)
  const { vocabSize } = tokenizer
  const document = { schema: 1, file, type, vocabSize, bytes }
  await write(terminal, `${json === true ? JSON.stringify(document) : `${file}: ${vocabSize} tokens`}\n`)
  return 0
}

/** Options that a type does not have are mistakes. */
function checkOptions({ type, minFrequency, pattern, specialTokens }: TrainOptions): void {
  const wrong = [
    pattern !== undefined && type !== 'bpe' && '--pattern',
    minFrequency !== undefined && type !== 'bpe' && type !== 'wordpiece' && '--min-frequency',
    specialTokens !== undefined && type === 'char' && '--special-tokens',
  ].find(option => option !== false)
  if (wrong !== undefined) throw new Failure(`--type ${type} has no ${wrong}`, 2)
}

interface Learner {
  /** Cuts a text into parts that give the same tokenizer as the whole. */
  split(blocks: AsyncIterable<string>): AsyncIterable<string>
  feed(text: string): void
  train(): Tokenizer
}

function learnerOf(options: TrainOptions, onProgress: Report): Learner {
  const { type, vocabSize } = options
  if (type === 'char') return characterLearner()
  const common = {
    vocabSize,
    onProgress,
    ...(options.specialTokens === undefined ? {} : { specialTokens: options.specialTokens }),
  }
  const merges = options.minFrequency === undefined ? common : { ...common, minFrequency: options.minFrequency }
  if (type === 'unigram') return { ...feeding(() => createUnigramTrainer(common)), split: linesOf }
  if (type === 'wordpiece') return { ...feeding(() => createWordPieceTrainer(merges)), split: inParts('line') }
  const bpe = options.pattern === undefined ? merges : { ...merges, pattern: options.pattern }
  return { ...feeding(() => createBpeTrainer(bpe)), split: inParts('line') }
}

const inParts =
  (cuts: Cuts) =>
  (blocks: AsyncIterable<string>): AsyncIterable<string> =>
    safeParts(blocks, cuts)

function feeding(create: () => Trainer): Trainer {
  return asUsage(create)
}

function characterLearner(): Learner {
  const seen = new Set<string>()
  return {
    split: inParts('character'),
    feed(text) {
      for (const character of text) seen.add(character)
    },
    train: () => CharTokenizer.train(seen),
  }
}

/** Lines without their ends, as sentencepiece trains. */
async function* linesOf(blocks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = ''
  for await (const block of blocks) {
    if (!block.includes('\n')) {
      held += block
      continue
    }
    const lines = (held + block).split(/\r?\n/)
    held = lines.pop()!
    yield* lines
  }
  yield held
}
