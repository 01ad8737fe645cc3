/**
 * The encoder–decoder Transformer of the course notes learns to copy a word or to reverse it, as the first letter of the
 * source says: c·whale → whale, r·whale → elahw. It is judged by words that it was never trained on.
 *
 *     node --conditions=@wids/source examples/copyReverse.ts
 */
import { grad } from '@wids/autograd'
import { AdamW, clipGradNorm, cosineSchedule, crossEntropy, Embedding, Linear, Module } from '@wids/nn'
import { arange, compile, Generator, manualSeed, rand, type Tensor, tensor, where } from '@wids/tensor'
import { sinusoidalPositions, Transformer } from '@wids/transformer'

const [padding, begin, end] = [0, 1, 2]
const tasks = { copy: 3, reverse: 4 }
const firstLetter = 5
const alphabet = 10
const vocabulary = firstLetter + alphabet
const longest = 8
/** Task, word and end; begin and word. */
const [sourceLength, targetLength] = [longest + 2, longest + 1]

/** Tokens in, logits of the next token out. */
class Seq2Seq extends Module {
  embedding = new Embedding(vocabulary, 64)
  transformer = new Transformer({
    dModel: 64,
    nhead: 4,
    numEncoderLayers: 1,
    numDecoderLayers: 1,
    dimFeedforward: 128,
    dropout: 0,
    normFirst: true,
  })
  head = new Linear(64, vocabulary)

  /** i32 [batch, sources], [batch, targets] → [batch, targets, vocabulary] */
  forward(source: Tensor, target: Tensor): Tensor {
    const srcKeyPaddingMask = source.eq(padding) // [batch, sources]
    const masks = { srcKeyPaddingMask, memoryKeyPaddingMask: srcKeyPaddingMask, tgtIsCausal: true }
    return this.head.forward(this.transformer.forward(this.#embed(source), this.#embed(target), masks))
  }

  #embed(ids: Tensor): Tensor {
    return this.embedding.forward(ids).add(sinusoidalPositions(ids.shape[1]!, 64)) // [batch, time, 64]
  }
}

/** A word to be copied or reversed. */
interface Exercise {
  readonly task: keyof typeof tasks
  readonly word: readonly number[]
}

const answerOf = ({ task, word }: Exercise): readonly number[] => (task === 'copy' ? word : word.toReversed())

/** One word in ten is never trained on. */
const isHeldOut = (word: readonly number[]): boolean =>
  word.reduce((sum, letter, i) => sum + letter * (i + 1), 0) % 10 === 0

/** Exercises from a stream of random numbers, of words that are held out or not. */
function exercises(count: number, random: () => number, heldOut: boolean): Exercise[] {
  const drawn: Exercise[] = []
  while (drawn.length < count) {
    const length = 3 + Math.floor(random() * (longest - 2))
    const word = Array.from({ length }, () => firstLetter + Math.floor(random() * alphabet))
    if (isHeldOut(word) === heldOut) drawn.push({ task: random() < 0.5 ? 'copy' : 'reverse', word })
  }
  return drawn
}

/** i32 [rows, length], short rows padded. */
function table(rows: readonly (readonly number[])[], length: number): Tensor {
  const ids = new Int32Array(rows.length * length).fill(padding)
  rows.forEach((row, i) => ids.set(row, i * length))
  return tensor(ids, { shape: [rows.length, length] })
}

const sourcesOf = (batch: readonly Exercise[]): Tensor =>
  table(
    batch.map(({ task, word }) => [tasks[task], ...word, end]),
    sourceLength,
  )

/** Trains on random words. */
async function train(steps: number, random: () => number, log: (line: string) => void): Promise<Seq2Seq> {
  const model = new Seq2Seq()
  const parameters = model.parameters()
  const optimizer = new AdamW(parameters, { betas: [0.9, 0.98] })
  const schedule = cosineSchedule({ peak: 2e-3, end: 1e-5, warmup: steps / 10, steps })
  const step = compile((source: Tensor, target: Tensor, next: Tensor, lr: Tensor) => {
    const logits = model.forward(source, target) // [batch, targets, vocabulary]
    const loss = crossEntropy(logits.flatten(0, 1), next.flatten(), { ignoreIndex: padding })
    optimizer.setLearningRate(lr)
    optimizer.step(clipGradNorm(grad(loss, parameters), 1).gradients)
    return loss
  })
  for (let i = 0; i < steps; i++) {
    const batch = exercises(64, random, false)
    const answers = batch.map(answerOf)
    const target = table(
      answers.map(answer => [begin, ...answer]),
      targetLength,
    )
    const next = table(
      answers.map(answer => [...answer, end]),
      targetLength,
    )
    const loss = step(sourcesOf(batch), target, next, tensor(schedule(i)))
    if (i % 100 === 0 || i === steps - 1) log(`step ${String(i).padStart(4)}  loss ${(await loss.item()).toFixed(4)}`)
  }
  return model.eval()
}

/** The likeliest next token, again and again: i32 [batch, sources] → [batch, targets] */
async function translate(model: Seq2Seq, source: Tensor): Promise<Tensor> {
  const write = compile((source: Tensor, target: Tensor, at: Tensor) => {
    const next = model.forward(source, target).argmax(-1) // [batch, targets]
    return where(arange(targetLength).eq(at.add(1)), next.indexSelect(1, at), target)
  })
  let target = table(
    Array.from({ length: source.shape[0]! }, () => [begin]),
    targetLength,
  )
  for (let at = 0; at < targetLength - 1; at++) target = write(source, target, tensor(new Int32Array([at])))
  return target
}

export interface CopyReverseResult {
  /** The share of held-out words that are right in every letter. */
  readonly exact: number
  readonly seconds: number
}

export async function main(log: (line: string) => void = console.log, steps = 1000): Promise<CopyReverseResult> {
  const started = performance.now()
  manualSeed(1)
  const random = await randomNumbers()
  const model = await train(steps, random, log)
  const test = exercises(500, random, true)
  const written = (await (await translate(model, sourcesOf(test))).toArray()) as number[][]
  const right = test.filter((exercise, i) => answerOf(exercise).every((letter, at) => written[i]![at + 1] === letter))
  for (const [i, { task, word }] of test.slice(0, 4).entries())
    log(`${task} ${spell(word)} → ${spell(written[i]!.slice(1, word.length + 1))}`)
  const exact = right.length / test.length
  log(`${(100 * exact).toFixed(1)}% of ${test.length} held-out words are right in every letter`)
  return { exact, seconds: (performance.now() - started) / 1000 }
}

const spell = (word: readonly number[]): string =>
  word.map(id => (id < firstLetter ? '·' : String.fromCharCode(97 + id - firstLetter))).join('')

/** Numbers in [0, 1), always the same; they come again after half a million. */
async function randomNumbers(): Promise<() => number> {
  const numbers = await rand([500_000], { generator: new Generator(1) }).data()
  let at = 0
  return () => numbers[at++ % numbers.length]!
}

if (import.meta.filename === process.argv[1]) await main()
