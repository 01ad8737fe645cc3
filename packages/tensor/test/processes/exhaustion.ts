// Run by exhaustion.long.test.ts in a process of its own: fills the device until it refuses, then goes on using it.
import { compile, memory, OutOfMemoryError, ones, randn, realize, type Tensor, tensor, zeros } from '../../src/index.ts'

const chunk = [2 ** 26] // 256 MB
const refusals: { where: string; needed: number; available: number; live: number }[] = []

/** Notes the error with which something fails. */
async function refused(where: string, attempt: () => unknown): Promise<void> {
  const { live } = memory()
  try {
    await attempt()
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error
    refusals.push({ where, needed: error.needed, available: error.available, live: memory().live - live })
  }
}

/** Ten steps of descent on a fresh quadratic, compiled and not; gives where each arrives. */
async function train(): Promise<number[]> {
  const target = tensor(Float32Array.from({ length: 4096 }, (_, i) => i % 7))
  const reached: number[] = []
  for (const isCompiled of [true, false]) {
    const w = zeros([4096])
    const update = (): void => void w.assign(w.add(target.sub(w).mul(0.5)))
    const step = isCompiled ? compile(update) : update
    for (let i = 0; i < 10; i++) step()
    reached.push(await w.sum().item())
  }
  return reached
}

const expected = await train()
let held: Tensor[] = []
await refused('realize', async () => {
  for (let i = 0; i < 100; i++) {
    const x = ones(chunk)
    await realize(x)
    held.push(x)
  }
})
const most = memory().live
const [x, y] = [held[0]!, held.at(-1)!]
const far = [await y.sum().item(), await x.add(y).sum().item()] // the last lies near 4 GiB
const withFullDevice = await train()

await refused('data', () => x.add(1).data())
await refused('a plain program', () => x.add(1).start())
const state = randn([64])
const before = await state.data()
const twice = compile((a: Tensor) => {
  state.assign(state.add(1))
  return a.mul(2)
})
await refused('a compiled step', () => twice(x))
// Programs in flight: this one keeps threads busy while the next is refused.
const busy = randn([512, 512])
await refused('a step behind others', () => {
  for (let i = 0; i < 5; i++) busy.matmul(busy).softmax().start()
  twice(x)
})
const untouched = (await state.data()).every((value, i) => value === before[i])

const kept = held.length
held = []
const dropped = ones(chunk)
await realize(dropped) // finds room by having what was dropped collected
x.dispose()
y.dispose()
const doubled = await twice(dropped).mean().item()
const after = await train()
console.log(
  JSON.stringify({ refusals, most, kept, far, untouched, doubled, trained: [expected, withFullDevice, after] }),
)
