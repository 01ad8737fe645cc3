export { Module } from './module/module.ts'
export { buffer, parameter } from './module/parameter.ts'
export { type Layer, ModuleList, Sequential } from './module/containers.ts'
export type { Loaded } from './module/loadTensors.ts'

export { Linear, type LinearOptions } from './layers/linear.ts'
export { Embedding, type EmbeddingOptions } from './layers/embedding.ts'
export { LayerNorm, type LayerNormOptions } from './layers/layerNorm.ts'
export { Dropout, dropout, type DropoutOptions } from './layers/dropout.ts'
export {
  GELU,
  gelu,
  LeakyReLU,
  leakyRelu,
  LogSoftmax,
  logSoftmax,
  ReLU,
  relu,
  Sigmoid,
  sigmoid,
  SiLU,
  silu,
  Softmax,
  softmax,
  Tanh,
  tanh,
} from './activations.ts'

export type { LossOptions, Reduction } from './losses/reduction.ts'
export { leastSquares, mseLoss } from './losses/squares.ts'
export { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './losses/binaryCrossEntropy.ts'
export { crossEntropy, type CrossEntropyOptions } from './losses/crossEntropy.ts'

export { Optimizer, type ParameterGroup, type Rate, type State, type UpdateRule } from './optimizers/optimizer.ts'
export { SGD, type SGDOptions } from './optimizers/sgd.ts'
export { Adam, type AdamOptions, AdamW } from './optimizers/adam.ts'
export { clipGradNorm, clipGradValue } from './optimizers/clip.ts'
export { constantSchedule, cosineSchedule, type Schedule } from './schedules.ts'

export { normal, uniform } from './initialisers/distributions.ts'
export { truncatedNormal } from './initialisers/truncatedNormal.ts'
export { orthogonal, type OrthogonalOptions } from './initialisers/orthogonal.ts'
export {
  calculateGain,
  kaimingNormal,
  type KaimingOptions,
  kaimingUniform,
  type Nonlinearity,
  xavierNormal,
  type XavierOptions,
  xavierUniform,
} from './initialisers/fans.ts'

export { CheckpointError, FormatError } from './files/errors.ts'
export { decodeSafetensors, type Safetensors } from './files/safetensors/decode.ts'
export { encodeSafetensors } from './files/safetensors/encode.ts'
export { readSafetensors, writeSafetensors } from './files/safetensors/file.ts'
export { type Checkpoint, type Json, loadCheckpoint, saveCheckpoint } from './files/checkpoint.ts'
