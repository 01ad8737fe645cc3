/**
 * An LSTM learns to write Moby Dick letter by letter. It reads the book in parallel at 32 places; each step goes 32 letters
 * on from the state that the step before has left, through which no gradient flows (Graves, "Generating sequences with
 * recurrent neural networks", 2013).
 *
 *     node --conditions=@wids/source examples/text/charLstm.ts
 */
import { grad } from '@wids/autograd'
import {
  AdamW,
  clipGradNorm,
  cosineSchedule,
  crossEntropy,
  Embedding,
  Linear,
  LSTM,
  type LSTMState,
  Module,
} from '@wids/nn'
import { compile, Generator, manualSeed, rand, stack, type Tensor, tensor, zeros } from '@wids/tensor'
import { CharTokenizer } from '@wids/tokenizer'
import { sampleToken } from '@wids/transformer'
import { readMobyDick } from './mobyDick.ts'

const [streams, window, hidden] = [32, 32, 256]

class CharModel extends Module {
  embedding: Embedding
  lstm = new LSTM(64, hidden)
  head: Linear

  constructor(characters: number) {
    super()
    this.embedding = new Embedding(characters, 64)
    this.head = new Linear(hidden, characters)
  }

  /** i32 [time, batch] → logits [time, batch, characters] of what follows, and the state behind the last */
  forward(ids: Tensor, state: LSTMState): [logits: Tensor, state: LSTMState] {
    const [output, next] = this.lstm.forward(this.embedding.forward(ids), state) // [time, batch, hidden]
    return [this.head.forward(output), next]
  }
}

const emptyState = (batch: number): LSTMState => [zeros([1, batch, hidden]), zeros([1, batch, hidden])]

/** Letters read at `streams` places of a text at once: x and what follows it, each i32 [window, streams]. */
function* windowsOf(ids: ArrayLike<number>): Iterable<readonly [x: Tensor, y: Tensor]> {
  const each = Math.floor((ids.length - 1) / streams)
  const cut = (from: number): Tensor => {
    const at = (i: number): number => (i % streams) * each + from + Math.floor(i / streams)
    return tensor(
      Int32Array.from({ length: window * streams }, (_, i) => ids[at(i)]!),
      { shape: [window, streams] },
    )
  }
  for (let from = 0; from + window <= each; from += window) yield [cut(from), cut(from + 1)]
}

async function train(model: CharModel, ids: ArrayLike<number>, epochs: number, log: (line: string) => void) {
  const parameters = model.parameters()
  const optimizer = new AdamW(parameters)
  const steps = epochs * [...windowsOf(ids)].length
  const schedule = cosineSchedule({ peak: 4e-3, warmup: 50, steps })
  const step = compile((x: Tensor, y: Tensor, state: LSTMState, lr: Tensor) => {
    const [logits, next] = model.forward(x, state)
    const loss = crossEntropy(logits.flatten(0, 1), y.flatten())
    optimizer.setLearningRate(lr)
    optimizer.step(clipGradNorm(grad(loss, parameters), 1).gradients)
    return { loss, state: next }
  })
  for (let i = 0; i < steps;) {
    let state = emptyState(streams)
    for (const [x, y] of windowsOf(ids)) {
      const done = step(x, y, state, tensor(schedule(i++)))
      state = done.state
      if (i % 100 === 0) log(`step ${i} of ${steps}: ${(await done.loss.item()).toFixed(3)} nats a letter`)
    }
  }
}

/** Mean cross-entropy of each letter of a text, in nats. */
async function evaluate(model: CharModel, ids: ArrayLike<number>): Promise<number> {
  const read = compile((x: Tensor, y: Tensor, before: LSTMState) => {
    const [logits, state] = model.forward(x, before)
    return { loss: crossEntropy(logits.flatten(0, 1), y.flatten()), state }
  })
  const losses: Tensor[] = []
  let state = emptyState(streams)
  for (const [x, y] of windowsOf(ids)) {
    const done = read(x, y, state)
    losses.push(done.loss)
    state = done.state
  }
  return stack(losses).mean().item()
}

/** What follows a text; each letter is drawn from what the model expects. */
async function write(model: CharModel, start: ArrayLike<number>, length: number): Promise<number[]> {
  const read = compile((id: Tensor, before: LSTMState) => {
    const [logits, state] = model.forward(id, before)
    return { logits: logits.flatten(), state }
  })
  const uniform = await rand([length], { generator: new Generator(5) }).data()
  const written: number[] = []
  let state = emptyState(1)
  for (let i = 0; i < start.length + length - 1; i++) {
    const id = start[i] ?? written[i - start.length]!
    const next = read(tensor(Int32Array.of(id), { shape: [1, 1] }), state)
    state = next.state
    if (i < start.length - 1) continue
    written.push(sampleToken(await next.logits.data(), { temperature: 0.7 }, uniform[written.length]!))
  }
  return written
}

/** Trains, measures the held-out text, and writes. */
export async function main({ epochs = 3, letters = Infinity, log = console.log } = {}): Promise<{
  readonly loss: number
  readonly text: string
}> {
  manualSeed(1)
  const { training, heldOut } = readMobyDick()
  const tokenizer = CharTokenizer.train(training + heldOut)
  const encode = (text: string): Uint32Array => tokenizer.encode(text.slice(0, letters))
  const model = new CharModel(tokenizer.vocabSize)
  await train(model, encode(training), epochs, log)
  const loss = await evaluate(model, encode(heldOut))
  log(`${loss.toFixed(3)} nats a letter of held-out text`)
  const text = tokenizer.decode(await write(model, tokenizer.encode(heldOut.slice(0, 100)), 300))
  log(`${heldOut.slice(0, 100)}|${text}`)
  return { loss, text }
}

if (import.meta.filename === process.argv[1]) await main()
