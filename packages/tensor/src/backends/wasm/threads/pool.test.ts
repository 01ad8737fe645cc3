import { expect, test } from 'vitest'
import { HEAP_START } from './control.ts'
import { createPool } from './pool.ts'
import type { Run } from './run.ts'

const sharedMemory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true })

let counters = HEAP_START
/** A run with a counter of its own. */
const runOf = (program: number, threads: number): Run => ({
  program,
  args: 0,
  counters: (counters += 4),
  scratch: 0,
  scratchBytes: 0,
  threads,
})

test('threads are seen to have started without a turn of the event loop', () => {
  const pool = createPool(sharedMemory())
  const begin = performance.now()
  while (pool.ready(2) < 2 && performance.now() - begin < 20_000);
  expect(pool.ready(2)).toBe(2)
})

test('programs that were submitted end in order, for any number of threads', async () => {
  const pool = createPool(sharedMemory())
  while (pool.ready(3) < 3);
  pool.announce({ type: 'program', program: 1, launches: new Int32Array(0), kernels: [] })
  for (let i = 0; i < 300; i++) pool.submit(runOf(1, 1 + (i % 3)))
  await pool.idle()
  expect(pool.completed()).toBe(300)
})

test('the caller can wait for a program without an event', () => {
  const pool = createPool(sharedMemory())
  while (pool.ready(2) < 2);
  pool.announce({ type: 'program', program: 1, launches: new Int32Array(0), kernels: [] })
  for (let i = 0; i < 10; i++) pool.submit(runOf(1, 2))
  pool.block(10)
  expect(pool.completed()).toBe(10)
})

test('the caller can lead programs between others, however late helpers come', async () => {
  const memory = sharedMemory()
  const pool = createPool(memory)
  while (pool.ready(2) < 2);
  const steps = { launches: new Int32Array(0), kernels: [] }
  pool.announce({ type: 'program', program: 1, launches: steps.launches, kernels: [] })
  for (let i = 0; i < 300; i++) {
    if (i % 50 === 0) pool.submit(runOf(1, 2))
    pool.block(pool.submitted())
    pool.lead(runOf(1, 3), steps, new Int32Array(memory.buffer))
  }
  await pool.idle()
  expect(pool.completed()).toBe(6)
})

test('a thread that fails rejects what waits for it', async () => {
  const pool = createPool(sharedMemory())
  while (pool.ready(1) < 1);
  pool.submit(runOf(99, 1))
  await expect(pool.idle()).rejects.toThrow('a thread of the wasm device failed')
  expect(pool.ready(1)).toBe(0)
})

test('a thread that fails ends the wait of a caller that blocks', () => {
  const pool = createPool(sharedMemory())
  while (pool.ready(1) < 1);
  pool.submit(runOf(99, 1))
  expect(() => pool.block(1)).toThrow('a thread of the wasm device failed')
})
