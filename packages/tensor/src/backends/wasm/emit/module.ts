import { Module } from 'wasmati'
import type { EmittedKernel, Target } from './target.ts'

/** Runs work units begin … end-1 of a kernel. */
export type KernelFunction = (args: number, begin: number, end: number, scratch: number) => void

/** One WebAssembly module of several kernels, exported as k0, k1, …, and what it imports: the target's memory. */
export function moduleOf(
  kernels: readonly EmittedKernel[],
  { memory }: Target,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly imports: WebAssembly.Imports } {
  const exports = Object.fromEntries(kernels.map(({ func }, i) => [`k${i}`, func]))
  const module = Module({ exports, memory })
  return { bytes: Uint8Array.from(module.toBytes()), imports: module.importMap }
}

/** The kernels as functions of the running engine. */
export function instantiate(kernels: readonly EmittedKernel[], target: Target): KernelFunction[] {
  const { bytes, imports } = moduleOf(kernels, target)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports)
  return kernels.map((_, i) => exports[`k${i}`] as KernelFunction)
}
