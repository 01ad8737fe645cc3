import { importMemory } from 'wasmati'
import type { Kernel } from '../../compiler/kernel.ts'
import { type Blas, sgemmIn } from './blas.ts'
import { emitArgsort } from './emit/argsort.ts'
import { emitAttention } from './emit/attention/forward.ts'
import { emitAttentionGradient } from './emit/attention/backward.ts'
import { emitCumsum } from './emit/cumsum.ts'
import { emitLoops } from './emit/loops.ts'
import { emitMatmul } from './emit/matmul.ts'
import { type KernelFunction, moduleOf } from './emit/module.ts'
import { emitScatterAdd } from './emit/scatterAdd.ts'
import { emitSliceScatter } from './emit/sliceScatter.ts'
import { type EmittedKernel, importSgemm, type Target } from './emit/target.ts'
import { isShared } from './memory.ts'

/** A kernel as a function of the engine: runs work units begin … end-1 on the buffers that `args` lists. */
export interface CompiledKernel {
  /** Its number among all kernels of the backend. */
  readonly number: number
  readonly run: KernelFunction
  readonly units: number
  readonly scratchBytes: number
}

type Emit = { [Kind in Kernel['kind']]: (kernel: Extract<Kernel, { kind: Kind }>, target: Target) => EmittedKernel }
const emit: Emit = {
  loops: emitLoops,
  matmul: emitMatmul,
  scatterAdd: emitScatterAdd,
  sliceScatter: emitSliceScatter,
  cumsum: emitCumsum,
  argsort: emitArgsort,
  attention: emitAttention,
  attentionGradient: emitAttentionGradient,
}

/** Kernels in one module: wasmati passes the bytes of all its functions as arguments of one call, of which V8 takes ~120,000. */
const perModule = 8

/** New kernels for the threads: exports k0 … of a module, which imports the memory and, with a BLAS, its product. */
export interface KernelModule {
  readonly module: WebAssembly.Module
  readonly count: number
  readonly blas: Blas | undefined
}

/** Compiles kernels, each once for a BLAS or none; those of one program that are new become modules, which `made` hears of. */
export function createKernelCache(
  memory: WebAssembly.Memory,
  relaxed: boolean,
  made: (module: KernelModule) => void,
): (kernels: readonly Kernel[], blas: Blas | undefined) => CompiledKernel[] {
  const imported = importMemory({ min: 1, max: 65536, shared: isShared(memory) }, memory)
  const known = new Map<string, CompiledKernel>()
  /** Makes one module of kernels that are not known yet. */
  const add = (
    fresh: readonly (readonly [key: string, kernel: Kernel])[],
    target: Target,
    blas: Blas | undefined,
  ): void => {
    const emitted = fresh.map(([, kernel]) =>
      (emit[kernel.kind] as (kernel: Kernel, target: Target) => EmittedKernel)(kernel, target),
    )
    const { bytes, imports } = moduleOf(emitted, target)
    const module = new WebAssembly.Module(bytes)
    const { exports } = new WebAssembly.Instance(module, imports)
    made({ module, count: emitted.length, blas })
    const first = known.size
    emitted.forEach(({ units, scratchBytes }, i) =>
      known.set(fresh[i]![0], { number: first + i, run: exports[`k${i}`] as KernelFunction, units, scratchBytes }),
    )
  }
  return (kernels, blas) => {
    const keys = kernels.map(kernel => `${blas?.library ?? ''} ${keyOf(kernel)}`)
    const fresh = [...new Map(keys.flatMap((key, i) => (known.has(key) ? [] : [[key, kernels[i]!] as const])))]
    const sgemm = blas && importSgemm(sgemmIn(blas, memory))
    for (let from = 0; from < fresh.length; from += perModule)
      add(fresh.slice(from, from + perModule), { memory: imported, relaxed, sgemm }, blas)
    return keys.map(key => known.get(key)!)
  }
}

/** A kernel as text; JSON would turn −0, NaN and infinities into something else. */
const keyOf = (kernel: Kernel): string =>
  JSON.stringify(kernel, (_, part: unknown) =>
    typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))
      ? `#${Object.is(part, -0) ? '-0' : part}`
      : part,
  )
