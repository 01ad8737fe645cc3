import { type Plan, plan } from '../../compiler/plan.ts'
import type { DType } from '../../dtype.ts'
import { ArgumentError, OutOfMemoryError } from '../../errors.ts'
import { boundaryBytes } from '../../graph/boundary.ts'
import type { Graph } from '../../graph/linear.ts'
import type { Backend, Block, Program } from '../backend.ts'
import { currentBlas } from './blas.ts'
import { FAULT_ADDRESS } from './emit/target.ts'
import { hasRelaxedSimd } from './features.ts'
import { createHeap } from './heap.ts'
import { heapInOrder } from './heapInOrder.ts'
import { type CompiledKernel, createKernelCache } from './kernels.ts'
import { schedule, wordsPerLaunch } from './launches.ts'
import { createMemory, isShared, whyNotShared } from './memory.ts'
import { createRegion } from './region.ts'
import { HEAP_START } from './threads/control.ts'
import { threadCount } from './threads/count.ts'
import { createPool, type Pool } from './threads/pool.ts'

export interface WasmProgram extends Program {
  readonly number: number
  /** See `launches.ts`. */
  readonly launches: Int32Array
  /** The kernel of each launch. */
  readonly kernels: readonly CompiledKernel[]
  /**
   * What the words of the launches' arguments hold, in two words each: the number of a block (the arena, the inputs,
   * the outputs, in this order) and a byte offset in it.
   */
  readonly slots: Int32Array
  readonly arenaBytes: number
  /** For each thread. */
  readonly scratchBytes: number
  readonly nanoseconds: number
}

const maxBytes = 65536 * 65536
/** Programs shorter than this run at once on the calling thread, which takes less time than waking others. */
const inlineBelow = 1_000_000
/** Programs that may wait for threads before the caller waits for them; see `heapInOrder.ts` for their bytes. */
const mostAhead = 256

const storable: ReadonlySet<DType> = new Set<DType>(['f32', 'f16', 'bf16', 'i32', 'u32', 'i8', 'bool'])

/** Runs programs as SIMD WebAssembly that is generated when they are compiled, on all cores where memory can be shared. */
export function createWasmBackend(): Backend<WasmProgram> {
  const memory = createMemory()
  noteOneThread()
  const pool = isShared(memory) ? createPool(memory) : undefined
  const heap = heapInOrder(createHeap(memory, HEAP_START, maxBytes), pool)
  const compileKernels = createKernelCache(memory, hasRelaxedSimd(), made =>
    pool?.announce({ type: 'kernels', ...made }),
  )
  const arena = createRegion(heap)
  const scratch = createRegion(heap)
  const forgotten = new FinalizationRegistry<number>(program => pool?.announce({ type: 'forget', program }))
  const announced = new WeakSet<WasmProgram>()
  let programs = 0

  /** Programs reserve their workspace again where it had to make room for a tensor. */
  const alloc = (bytes: number): Block => {
    try {
      return heap.alloc(bytes)
    } catch (error) {
      if (arena.bytes() + scratch.bytes() === 0) throw error
      arena.clear()
      scratch.clear()
      return heap.alloc(bytes)
    }
  }
  const bytesAt = ({ address, bytes }: Block): Uint8Array => new Uint8Array(memory.buffer, address, bytes)
  const sync = async (): Promise<void> => {
    await pool?.idle()
    const words = new Int32Array(memory.buffer, FAULT_ADDRESS, 3)
    if (words[0] === 0) return
    words[0] = 0
    throw new ArgumentError('gather', `index ${words[1]!} is out of range for an axis of size ${words[2]!}`)
  }
  return {
    name: 'wasm',
    limits: { maxBytes },
    supports: dtype => storable.has(dtype),
    alloc,
    free: block => heap.free(block),
    write: (block, bytes) => bytesAt(block).set(bytes),
    read: async block => {
      await sync()
      return bytesAt(block).slice()
    },
    readNow: block => {
      pool?.block(pool.submitted())
      return bytesAt(block).slice()
    },
    compile: graph => {
      const planned = plan(graph)
      checkSize(graph, planned)
      const kernels = compileKernels(
        planned.launches.map(launch => launch.kernel),
        currentBlas(),
      )
      const { launches, order, nanoseconds } = schedule(planned, kernels)
      const firstOutput = 1 + graph.inputs.length
      const slots = planned.launches.flatMap(({ operands }) =>
        operands.flatMap(place =>
          place.kind === 'arena'
            ? [0, place.offset + place.start]
            : [(place.kind === 'input' ? 1 : firstOutput) + place.index, place.start],
        ),
      )
      const scratchBytes = Math.max(0, ...kernels.map(kernel => kernel.scratchBytes))
      const { arenaBytes, inPlace } = planned
      return {
        number: ++programs,
        launches,
        kernels: order.map(launch => kernels[launch]!),
        slots: Int32Array.from(slots),
        scratchBytes,
        nanoseconds,
        arenaBytes,
        inPlace,
      }
    },
    run: (program, inputs, outputs) => {
      const threads = useThreads(program, pool)
      const { slots } = program
      const argBytes = slots.length * 2
      const counterBytes = (program.launches.length / wordsPerLaunch) * threads * 4
      const base = arena.atLeast(program.arenaBytes)
      const work = scratch.atLeast(program.scratchBytes * Math.max(1, threads))
      const args = heap.alloc(argBytes + counterBytes)
      const words = new Int32Array(memory.buffer, args.address, (argBytes + counterBytes) / 4)
      words.fill(0, slots.length / 2)
      const addresses = [base, ...inputs.map(block => block.address), ...outputs.map(block => block.address)]
      for (let i = 0; i < slots.length; i += 2) words[i >> 1] = addresses[slots[i]!]! + slots[i + 1]!
      if (threads > 0 && !announced.has(program)) {
        announced.add(program)
        pool!.announce({ type: 'program', program: program.number, launches: program.launches })
        forgotten.register(program, program.number)
      }
      if (threads > 0)
        pool!.submit({
          type: 'run',
          program: program.number,
          args: args.address,
          counters: args.address + argBytes,
          scratch: work,
          scratchBytes: program.scratchBytes,
          threads,
        })
      else runHere(program, args.address, work, new Int32Array(memory.buffer))
      heap.free(args)
    },
    workspace: ({ arenaBytes, scratchBytes }) => ({ arena: arenaBytes, scratch: scratchBytes * threadCount() }),
    sync,
    memory: () => {
      const reserved = { arena: arena.bytes(), scratch: scratch.bytes() }
      return { live: heap.live() - reserved.arena - reserved.scratch, ...reserved, peak: heap.peak() }
    },
    dispose: () => undefined,
  }
}

let noted = false
/** Says once why more threads than one were wanted and are not to be had. */
function noteOneThread(): void {
  const reason = whyNotShared()
  if (threadCount() === 1 || reason === undefined || noted) return
  noted = true
  console.warn(`wids: computing on one thread, as ${reason}`)
}

/** Rejects what could never run, before code is made for it. */
function checkSize(graph: Graph, planned: Plan): void {
  const { inputs, outputs } = boundaryBytes(graph, planned.inPlace)
  const needed = inputs + outputs + planned.arenaBytes
  if (needed > maxBytes) throw new OutOfMemoryError(needed, maxBytes)
}

/** How many threads of the pool run a program; 0 for none, the calling thread. */
function useThreads(program: WasmProgram, pool: Pool | undefined): number {
  if (pool === undefined) return 0
  const isIdle = pool.completed() >= pool.submitted()
  const isShort = program.nanoseconds < inlineBelow
  if (isShort && isIdle) return 0
  if (pool.submitted() - pool.completed() >= mostAhead) pool.block(pool.submitted() - mostAhead + 1)
  return pool.ready(isShort ? 1 : threadCount())
}

/** Every launch whole, in order, on the calling thread. */
function runHere({ kernels, launches }: WasmProgram, args: number, scratch: number, words: Int32Array): void {
  kernels.forEach(({ run, units, scratchBytes }, i) => {
    if (scratchBytes > 0) words[scratch >>> 2] = 0
    run(args + launches[i * wordsPerLaunch + 1]!, 0, units, scratch)
  })
}
