export { expectClose, type Tolerance, tolerances } from './close.ts'
export { type FreshProcess, inFreshProcess } from './freshProcess.ts'
export { type GoldenTensor, readGolden } from './golden.ts'
export {
  applyOperation,
  checkOperation,
  expectTensor,
  type Layout,
  makeTensor,
  type OperationCase,
  type OperationCheck,
  type TensorLike,
  type TensorModule,
  titleOf,
} from './operation.ts'
export { readSafetensors } from './safetensors.ts'
