// Run by neverYielding.long.test.ts in a process of its own: loops that never let the event loop turn.
import { compile, memory, tensor, type Tensor } from '../../src/index.ts'

const turns = Number(process.argv[3])
const elements = 2 ** 18 // 1 MB
const numbers = new Float32Array(elements)
const next = compile((x: Tensor | Float32Array) => (x as Tensor).mul(2).add(1))
const sum = compile((x: Tensor) => x.sum())

/** Each leaves a tensor of 1 MB that nobody keeps. */
const loops: Record<string, (turn: number) => Tensor> = {
  'results of a compiled function': turn => {
    numbers[0] = turn
    return next(numbers)
  },
  'results of a plain program': turn => {
    numbers[0] = turn
    return tensor(numbers).mul(2).add(1).start()
  },
  'batches that two programs read': turn => {
    numbers[0] = turn
    const batch = tensor(numbers)
    sum(batch)
    return next(batch)
  },
}

const loop = loops[process.argv[2]!]!
const awaits = process.argv[4] === 'awaits'
let last = loop(0)
for (let turn = 1; turn < turns; turn++) {
  last = loop(turn)
  if (awaits) await Promise.resolve()
}
const first = (await last.data())[0]
console.log(JSON.stringify({ first, device: memory().peak, resident: process.resourceUsage().maxRSS * 1024 }))
