import { importMemory } from 'wasmati'
import { dtypes, type DType, type TypedArray } from '../../../dtype.ts'
import { fromNumbers, toNumbers } from '../../reference/floats.ts'
import { instantiate, type KernelFunction } from './module.ts'
import type { EmittedKernel, Target } from './target.ts'

/** A memory for tests, and kernels that run in it; blocks lie as the backend places them: 16-byte aligned and padded, readable beyond. */
export class Bench {
  readonly target: Target
  readonly bytes: Uint8Array
  #next = 1024
  readonly #functions = new WeakMap<EmittedKernel, KernelFunction>()

  constructor(relaxed: boolean, pages = 512) {
    const memory = importMemory({ min: pages, max: 65536, shared: true })
    this.target = { memory, relaxed, sgemm: undefined }
    this.bytes = new Uint8Array(memory.value.buffer)
  }

  /** A block filled with 0xff (NaN in every float dtype), so that a read of what was not written shows. */
  alloc(size: number): number {
    const address = this.#next
    this.#next += Math.ceil(size / 16) * 16 + 64
    this.bytes.fill(0xff, address, this.#next)
    return address
  }

  place(values: TypedArray): number {
    const address = this.alloc(values.byteLength)
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), address)
    return address
  }

  placeNumbers(numbers: ArrayLike<number>, dtype: DType): number {
    return this.place(fromNumbers(numbers, dtype))
  }

  numbers(address: number, length: number, dtype: DType): number[] {
    return [...toNumbers(this.bytes.slice(address, address + length * dtypes[dtype].bytes), dtype)]
  }

  /** Whether the 32 bytes after the end of a block are as `alloc` left them. */
  untouched(end: number): boolean {
    return this.bytes.subarray(end, end + 32).every(byte => byte === 0xff)
  }

  reset(): void {
    this.#next = 1024
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.bytes.buffer, address, length)
  }

  ints(address: number, length: number): Int32Array {
    return new Int32Array(this.bytes.buffer, address, length)
  }

  /** The kernel as a function of a range of units, its operands at the given addresses. */
  load(kernel: EmittedKernel, operands: readonly number[]): (begin: number, end: number) => void {
    const run = this.#functions.get(kernel) ?? instantiate([kernel], this.target)[0]!
    this.#functions.set(kernel, run)
    const args = this.place(Int32Array.from(operands))
    const scratch = this.alloc(kernel.scratchBytes)
    if (kernel.scratchBytes > 0) this.ints(scratch, 1)[0] = 0
    return (begin, end) => run(args, begin, end, scratch)
  }
}
