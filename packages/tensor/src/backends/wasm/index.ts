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
import { createKernelCache } from './kernels.ts'
import { schedule } from './launches.ts'
import { createMemory, isShared, whyNotShared } from './memory.ts'
import { createRegion } from './region.ts'
import { HEAP_START } from './threads/control.ts'
import { threadCount } from './threads/count.ts'
import { createPool, type Pool } from './threads/pool.ts'
import { countersOf, runAlone, type Steps } from './threads/takePart.ts'

export interface WasmProgram extends Program, Steps {
  readonly number: number
  /** The number of each launch's kernel. */
  readonly kernelNumbers: readonly number[]
  /**
   * What the words of the launches' arguments hold, in two words each: the number of a block (the arena, the inputs,
   * the outputs, in this order) and a byte offset in it.
   */
  readonly slots: Int32Array
  readonly arenaBytes: number
  /** For each thread. */
  readonly scratchBytes: number
  readonly nanoseconds: number
  readonly savedNanoseconds: number
}

const maxBytes = 65536 * 65536
/** Programs shorter than this run at once on the calling thread, which takes less time than waking others and hearing from them. */
const inlineBelow = 2_000_000
/** Others help it where one of them saves so much, several times what waking it takes. */
const helpFrom = 100_000

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
  const announce = (program: WasmProgram): void => {
    if (announced.has(program)) return
    announced.add(program)
    const { number, launches, kernelNumbers } = program
    pool!.announce({ type: 'program', program: number, launches, kernels: kernelNumbers })
    forgotten.register(program, number)
  }

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
      const { members, ...scheduled } = schedule(planned, kernels)
      const firstOutput = 1 + graph.inputs.length
      const slots = members
        .flat()
        .flatMap(launch =>
          planned.launches[launch]!.operands.flatMap(place =>
            place.kind === 'arena'
              ? [0, place.offset + place.start]
              : [(place.kind === 'input' ? 1 : firstOutput) + place.index, place.start],
          ),
        )
      const scratchBytes = Math.max(0, ...kernels.map(kernel => kernel.scratchBytes))
      const { arenaBytes, inPlace } = planned
      return {
        ...scheduled,
        number: ++programs,
        kernels: members.map(([launch]) => kernels[launch!]!.run),
        kernelNumbers: members.map(([launch]) => kernels[launch!]!.number),
        slots: Int32Array.from(slots),
        scratchBytes,
        arenaBytes,
        inPlace,
      }
    },
    run: (program, inputs, outputs) => {
      const { threads, isLed } = chooseThreads(program, pool)
      const { slots, scratchBytes } = program
      const argBytes = slots.length * 2
      const bytes = argBytes + 4 * countersOf(program, threads) + 4
      const base = arena.atLeast(program.arenaBytes)
      const work = scratch.atLeast(scratchBytes * threads)
      const args = heap.alloc(bytes)
      const words = new Int32Array(memory.buffer)
      const first = args.address / 4
      words.fill(0, first + slots.length / 2, first + bytes / 4)
      const addresses = [base, ...inputs.map(block => block.address), ...outputs.map(block => block.address)]
      for (let i = 0; i < slots.length; i += 2) words[first + (i >> 1)] = addresses[slots[i]!]! + slots[i + 1]!
      const counters = args.address + argBytes
      const run = { program: program.number, args: args.address, counters, scratch: work, scratchBytes, threads }
      if (isLed && threads === 1) runAlone(program, run, words)
      else {
        announce(program)
        if (isLed) pool!.lead(run, program, words)
        else pool!.submit(run)
      }
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

/** How many threads run a program, and whether the calling thread is one of them, or else all are of the pool. */
function chooseThreads(program: WasmProgram, pool: Pool | undefined): { threads: number; isLed: boolean } {
  if (pool === undefined) return { threads: 1, isLed: true }
  const isIdle = pool.completed() >= pool.submitted()
  if (program.nanoseconds >= inlineBelow || !isIdle) {
    const threads = pool.ready(program.savedNanoseconds < helpFrom ? 1 : threadCount())
    if (threads > 0) return { threads, isLed: false }
  }
  const helpers = program.savedNanoseconds < helpFrom ? 0 : pool.ready(threadCount() - 1)
  return { threads: 1 + helpers, isLed: true }
}
