export { Tensor } from './tensor.ts'
export type { Nested } from './handle.ts'
export type { Operand } from './ops/elementwise.ts'
export type { Axes } from './ops/reduce.ts'
export type { Index } from './ops/views.ts'
export { type DType, dtypes, isFloat, promote, type TypedArray } from './dtype.ts'
export type { Shape } from './shape.ts'
export { ArgumentError, DeviceError, DTypeError, OutOfMemoryError, ShapeError, WidsError } from './errors.ts'
export { attention, type AttentionOptions } from './ops/attention.ts'
export { arange, eye, full, linspace, oneHot, ones, onesLike, tensor, zeros, zerosLike } from './ops/create.ts'
export { where } from './ops/elementwise.ts'
export { concat, stack } from './ops/join.ts'
export { einsum } from './ops/einsum.ts'
export {
  bernoulli,
  defaultGenerator,
  Generator,
  manualSeed,
  rand,
  randint,
  randn,
  randperm,
  type RandomOptions,
} from './random.ts'
export { realize } from './runtime/realize.ts'
export { type Compiled, compile } from './runtime/compile.ts'
export type { ProgramMemory } from './runtime/programMemory.ts'
export type { MemoryUse } from './backends/backend.ts'
export { type DeviceName, memory, setDevice } from './runtime/device.ts'
export { setThreads } from './backends/wasm/threads/count.ts'
export { setBlas } from './runtime/blas.ts'
export type { Sgemm, SgemmModule } from './backends/wasm/blas.ts'
export { setWorkerUrl } from './backends/wasm/threads/spawn.ts'
