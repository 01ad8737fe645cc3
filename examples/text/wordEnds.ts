/**
 * GRUs that read a text without spaces in both directions tag the letters at which words end:
 * callmeishmael → call me ishmael. The sentences that they are judged by are of chapters they have not read.
 *
 *     node --conditions=@wids/source examples/text/wordEnds.ts
 */
import {
  AdamW,
  binaryCrossEntropyWithLogits,
  cosineSchedule,
  DataLoader,
  Embedding,
  fit,
  GRU,
  Linear,
  Module,
} from '@wids/nn'
import { manualSeed, type Tensor, tensor } from '@wids/tensor'
import { readMobyDick } from './mobyDick.ts'

const window = 32
const letterOf = (id: number): string => String.fromCharCode(97 + id)

/** Letters a … z as 0 … 25, and whether a word ends with each. */
interface Tagged {
  readonly ids: Int32Array // [window]
  readonly ends: Float32Array // [window]
}

/** Windows of a text in small letters, without what is none. */
function windowsOf(text: string): Tagged[] {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? []
  const ids = Int32Array.from(words.join(''), letter => letter.charCodeAt(0) - 97)
  const ends = Float32Array.from(words.flatMap(word => Array.from(word, (_, i) => (i === word.length - 1 ? 1 : 0))))
  return Array.from({ length: Math.floor(ids.length / window) }, (_, i) => {
    const [from, to] = [i * window, (i + 1) * window]
    return { ids: ids.slice(from, to), ends: ends.slice(from, to) }
  })
}

class Tagger extends Module {
  embedding = new Embedding(26, 32)
  gru = new GRU(32, 96, { bidirectional: true, batchFirst: true })
  head = new Linear(2 * 96, 1)

  /** i32 [batch, time] → logits that a word ends [batch, time] */
  forward(ids: Tensor): Tensor {
    const [output] = this.gru.forward(this.embedding.forward(ids)) // [batch, time, both directions · hidden]
    return this.head.forward(output).squeeze(-1)
  }
}

const batchOf = (windows: readonly Tagged[]): readonly [ids: Tensor, ends: Tensor] => {
  const shape = [windows.length, window]
  const ids = Int32Array.from(windows.flatMap(({ ids }) => [...ids]))
  const ends = Float32Array.from(windows.flatMap(({ ends }) => [...ends]))
  return [tensor(ids, { shape }), tensor(ends, { shape })]
}

async function train(model: Tagger, windows: readonly Tagged[], epochs: number, log: (line: string) => void) {
  const data = new DataLoader(windows, { batchSize: 64, shuffle: true, collate: batchOf, dropLast: true })
  await fit(model, {
    loss: (model, [ids, ends]) => binaryCrossEntropyWithLogits(model.forward(ids), ends),
    optimizer: new AdamW(model.parameters()),
    schedule: cosineSchedule({ peak: 4e-3, warmup: 50, steps: epochs * data.length }),
    clip: 1,
    data,
    epochs,
    callbacks: [({ step, loss }) => step % 100 === 0 && log(`step ${step}: ${loss.toFixed(3)}`)],
  })
}

/** F1 of the letters at which words end: 2 · right / (tagged + true). */
async function f1Of(model: Tagger, windows: readonly Tagged[]): Promise<number> {
  model.eval()
  let [right, total] = [0, 0]
  for await (const [ids, ends] of new DataLoader(windows, { batchSize: 256, collate: batchOf })) {
    const tagged = model.forward(ids).gt(0).to('f32')
    right += await tagged.mul(ends).sum().item()
    total += await tagged.add(ends).sum().item()
  }
  return (2 * right) / total
}

/** A text without spaces, with the spaces that the model puts. */
async function spaced(model: Tagger, { ids }: Tagged): Promise<string> {
  const logits = await model.forward(tensor(ids, { shape: [1, window] })).data()
  return Array.from(ids, (id, i) => letterOf(id) + (logits[i]! > 0 ? ' ' : '')).join('')
}

/** Trains, and measures on text that was held out. */
export async function main({ epochs = 4, letters = Infinity, log = console.log } = {}): Promise<{
  readonly f1: number
}> {
  manualSeed(1)
  const { training, heldOut } = readMobyDick()
  const [known, unknown] = [training, heldOut].map(text => windowsOf(text.slice(0, letters))) as [Tagged[], Tagged[]]
  const model = new Tagger()
  await train(model, known, epochs, log)
  const f1 = await f1Of(model, unknown)
  for (const example of unknown.slice(0, 3)) log(await spaced(model, example))
  log(`F1 of word ends in held-out text: ${f1.toFixed(3)}`)
  return { f1 }
}

if (import.meta.filename === process.argv[1]) await main()
