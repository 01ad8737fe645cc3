import { importMemory } from 'wasmati'
import type { Kernel } from '../../compiler/kernel.ts'
import { emitArgsort } from './emit/argsort.ts'
import { emitCumsum } from './emit/cumsum.ts'
import { emitLoops } from './emit/loops.ts'
import { emitMatmul } from './emit/matmul.ts'
import { instantiate } from './emit/module.ts'
import { emitScatterAdd } from './emit/scatterAdd.ts'
import type { EmittedKernel, Target } from './emit/target.ts'

/** A kernel as a function of the engine: runs work units begin … end-1 on the buffers that `args` lists. */
export interface CompiledKernel {
  readonly run: (args: number, begin: number, end: number, scratch: number) => void
  readonly units: number
  readonly scratchBytes: number
}

type Emit = { [Kind in Kernel['kind']]: (kernel: Extract<Kernel, { kind: Kind }>, target: Target) => EmittedKernel }
const emit: Emit = { loops: emitLoops, matmul: emitMatmul, scatterAdd: emitScatterAdd, cumsum: emitCumsum, argsort: emitArgsort }

/** Compiles kernels, each once; those of one program that are new become one module. */
export function createKernelCache(memory: WebAssembly.Memory, relaxed: boolean): (kernels: readonly Kernel[]) => CompiledKernel[] {
  const known = new Map<string, CompiledKernel>()
  const target: Target = { memory: importMemory({ min: 1, max: 65536, shared: isShared(memory) }, memory), relaxed }
  return kernels => {
    const keys = kernels.map(kernel => keyOf(kernel))
    const fresh = new Map(keys.flatMap((key, i) => (known.has(key) ? [] : [[key, kernels[i]!] as const])))
    const emitted = [...fresh.values()].map(kernel => (emit[kernel.kind] as (kernel: Kernel, target: Target) => EmittedKernel)(kernel, target))
    const functions = emitted.length === 0 ? [] : instantiate(emitted, target)
    ;[...fresh.keys()].forEach((key, i) => known.set(key, { run: functions[i]!, units: emitted[i]!.units, scratchBytes: emitted[i]!.scratchBytes }))
    return keys.map(key => known.get(key)!)
  }
}

export const isShared = (memory: WebAssembly.Memory): boolean => typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer

/** A kernel as text; JSON would turn −0, NaN and infinities into something else. */
const keyOf = (kernel: Kernel): string => JSON.stringify(kernel, (_, part: unknown) => (typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0)) ? `#${Object.is(part, -0) ? '-0' : part}` : part))
