import { ArgumentError } from '../../errors.ts'
import type { DType } from '../../dtype.ts'
import { plan } from '../../compiler/plan.ts'
import type { Backend, Block, Program } from '../backend.ts'
import { FAULT_ADDRESS } from './emit/target.ts'
import { hasRelaxedSimd } from './features.ts'
import { createHeap, type Heap } from './heap.ts'
import { type CompiledKernel, createKernelCache } from './kernels.ts'
import { createMemory } from './memory.ts'

/** Where a launch finds the address of one operand. */
interface Slot {
  /** Byte address of the word that the kernel reads. */
  readonly word: number
  readonly kind: 'input' | 'output' | 'arena'
  /** Number of the input or output, or the offset in the arena. */
  readonly index: number
}

export interface WasmProgram extends Program {
  readonly launches: readonly { readonly kernel: CompiledKernel; readonly args: number }[]
  readonly slots: readonly Slot[]
  readonly scratchBytes: number
}

/** The first bytes of the memory hold what kernels share; blocks start behind. */
const heapStart = 4096
const maxBytes = 65536 * 65536

const storable: ReadonlySet<DType> = new Set<DType>(['f32', 'f16', 'bf16', 'i32', 'u32', 'i8', 'bool'])

/** Runs programs as SIMD WebAssembly that is generated when they are compiled. */
export function createWasmBackend(): Backend<WasmProgram> {
  const memory = createMemory()
  const heap = createHeap(memory, heapStart, maxBytes)
  const compileKernels = createKernelCache(memory, hasRelaxedSimd())
  const arena = createRegion(heap)
  const scratch = createRegion(heap)
  const argumentsOf = new FinalizationRegistry<Block>(block => heap.free(block))
  let fault: ArgumentError | undefined

  const bytesAt = ({ address, bytes }: Block): Uint8Array => new Uint8Array(memory.buffer, address, bytes)
  const rethrow = (): void => {
    const error = fault
    fault = undefined
    if (error !== undefined) throw error
  }
  return {
    name: 'wasm',
    limits: { maxBytes },
    supports: dtype => storable.has(dtype),
    alloc: bytes => heap.alloc(bytes),
    free: block => heap.free(block),
    write: (block, bytes) => bytesAt(block).set(bytes),
    read: async block => {
      rethrow()
      return bytesAt(block).slice()
    },
    compile: graph => {
      const { launches, arenaBytes, inPlace } = plan(graph)
      const kernels = compileKernels(launches.map(launch => launch.kernel))
      const words = launches.reduce((sum, { operands }) => sum + operands.length, 0)
      const block = heap.alloc(words * 4)
      const slots: Slot[] = []
      const compiled = launches.map(({ operands }, i) => {
        const args = block.address + slots.length * 4
        for (const place of operands) slots.push({ word: block.address + slots.length * 4, kind: place.kind, index: place.kind === 'arena' ? place.offset : place.index })
        return { kernel: kernels[i]!, args }
      })
      const program: WasmProgram = { launches: compiled, slots, arenaBytes, inPlace, scratchBytes: Math.max(0, ...kernels.map(kernel => kernel.scratchBytes)) }
      argumentsOf.register(program, block)
      return program
    },
    run: (program, inputs, outputs) => {
      const base = arena.atLeast(program.arenaBytes)
      const work = scratch.atLeast(program.scratchBytes)
      const words = new Int32Array(memory.buffer)
      for (const { word, kind, index } of program.slots) words[word >> 2] = kind === 'arena' ? base + index : (kind === 'input' ? inputs : outputs)[index]!.address
      for (const { kernel, args } of program.launches) kernel.run(args, 0, kernel.units, work)
      if (words[FAULT_ADDRESS >> 2] === 0) return
      fault ??= new ArgumentError('gather', `index ${words[(FAULT_ADDRESS >> 2) + 1]!} is out of range for an axis of size ${words[(FAULT_ADDRESS >> 2) + 2]!}`)
      words[FAULT_ADDRESS >> 2] = 0
    },
    sync: async () => rethrow(),
    memory: () => ({ live: heap.live() - arena.bytes() - scratch.bytes(), arena: arena.bytes(), peak: heap.peak() }),
    dispose: () => undefined,
  }
}

/** A block that grows to the largest size that was asked for. */
function createRegion(heap: Heap): { atLeast: (bytes: number) => number; bytes: () => number } {
  let block: Block | undefined
  return {
    atLeast: bytes => {
      if (block === undefined || block.bytes < bytes) {
        if (block !== undefined) heap.free(block)
        block = undefined
        block = heap.alloc(bytes)
      }
      return block.address
    },
    bytes: () => block?.bytes ?? 0,
  }
}

