export { Module } from './module/module.ts'
export { buffer, parameter } from './module/parameter.ts'
export { type Layer, ModuleList, Sequential } from './module/containers.ts'
export type { Loaded } from './module/loadTensors.ts'

export { Linear, type LinearOptions } from './layers/linear.ts'
export { Embedding, type EmbeddingOptions } from './layers/embedding.ts'
export { Bilinear, type BilinearOptions } from './layers/bilinear.ts'
export type { Padding, PerAxis } from './layers/convolution/axes.ts'
export type { PaddingMode } from './layers/convolution/around.ts'
export { type ConvolutionOptions, convolve } from './layers/convolution/convolve.ts'
export { Conv1d, Conv2d, type ConvOptions } from './layers/convolution/conv.ts'
export {
  convolveTransposed,
  ConvTranspose2d,
  type ConvTransposeOptions,
  type TransposedConvolutionOptions,
} from './layers/convolution/convTranspose.ts'
export type { PoolOptions } from './layers/pooling/windows.ts'
export { MaxPool2d, maxPool2d, maxPool2dWithIndices, type MaxPoolOptions } from './layers/pooling/maxPool.ts'
export { AvgPool2d, avgPool2d, type AvgPoolOptions } from './layers/pooling/avgPool.ts'
export { AdaptiveAvgPool2d, adaptiveAvgPool2d, type AdaptiveSize } from './layers/pooling/adaptiveAvgPool.ts'
export { interpolate, type InterpolateOptions, Upsample } from './layers/interpolate.ts'
export { PixelShuffle, pixelShuffle } from './layers/pixelShuffle.ts'
export { Flatten } from './layers/flatten.ts'
export { Identity } from './layers/identity.ts'
export { LayerNorm, type LayerNormOptions } from './layers/norms/layerNorm.ts'
export { RMSNorm, type RMSNormOptions } from './layers/norms/rmsNorm.ts'
export { GroupNorm, type GroupNormOptions } from './layers/norms/groupNorm.ts'
export { BatchNorm1d, BatchNorm2d, type BatchNormOptions } from './layers/norms/batchNorm.ts'
export { RNN, type RNNOptions } from './layers/recurrent/rnn.ts'
export { LSTM, type LSTMOptions, type LSTMState } from './layers/recurrent/lstm.ts'
export { GRU } from './layers/recurrent/gru.ts'
export type { RecurrentOptions, SequenceOptions } from './layers/recurrent/recurrent.ts'
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
} from './activations/common.ts'
export { ELU, elu, PReLU, prelu, type PReLUOptions, SELU, selu } from './activations/rectifiers.ts'
export { Mish, mish, QuickGELU, quickGelu, Softplus, softplus, type SoftplusOptions } from './activations/smooth.ts'
export { GEGLU, geglu, GLU, glu, SwiGLU, swiglu } from './activations/gated.ts'
export { Hardsigmoid, hardsigmoid, Hardswish, hardswish, Hardtanh, hardtanh, ReLU6, relu6 } from './activations/hard.ts'

export type { LossOptions, Reduction } from './losses/reduction.ts'
export { leastSquares, mseLoss } from './losses/squares.ts'
export { type HuberOptions, huberLoss, l1Loss, type SmoothL1Options, smoothL1Loss } from './losses/absolute.ts'
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type BinaryLogitsOptions,
  type BinaryOptions,
} from './losses/binaryCrossEntropy.ts'
export { nllLoss, type NllOptions } from './losses/nll.ts'
export {
  type DivergenceOptions,
  gaussianKl,
  type GaussianKlOptions,
  klDivergence,
  type KlOptions,
} from './losses/divergence.ts'
export { cosineEmbeddingLoss, type CosineEmbeddingOptions, cosineSimilarity } from './losses/cosine.ts'
export { ctcLoss, type CtcOptions } from './losses/ctc.ts'
export { crossEntropy, type CrossEntropyOptions } from './losses/crossEntropy.ts'

export {
  type Direction,
  type Grouped,
  Optimizer,
  type ParameterGroup,
  type Rate,
  type Start,
  type State,
  type UpdateRule,
} from './optimizers/optimizer.ts'
export { SGD, type SGDOptions } from './optimizers/sgd.ts'
export { Adam, type AdamOptions, AdamW } from './optimizers/adam.ts'
export { RMSprop, type RMSpropOptions } from './optimizers/rmsprop.ts'
export { Adagrad, type AdagradOptions } from './optimizers/adagrad.ts'
export { Adadelta, type AdadeltaOptions } from './optimizers/adadelta.ts'
export { Lion, type LionOptions } from './optimizers/lion.ts'
export { Adafactor, type AdafactorOptions } from './optimizers/adafactor.ts'
export { Muon, type MuonOptions } from './optimizers/muon.ts'
export { withoutDecay } from './optimizers/decay.ts'
export { GradientSum } from './optimizers/accumulation.ts'
export { WeightAverage } from './optimizers/averaging.ts'
export { clipGradNorm, clipGradValue, gradNorm } from './optimizers/clip.ts'
export type { Schedule } from './schedules/schedule.ts'
export { cosineRestartsSchedule, cosineSchedule } from './schedules/cosine.ts'
export {
  constantSchedule,
  exponentialSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  multiStepSchedule,
  polynomialSchedule,
  stepSchedule,
} from './schedules/factors.ts'
export { type OneCycleOptions, oneCycleSchedule } from './schedules/oneCycle.ts'
export { warmup } from './schedules/warmup.ts'
export { type PlateauOptions, type PlateauState, ReduceOnPlateau } from './schedules/plateau.ts'

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

export type { Dataset } from './data/dataset.ts'
export { collate, type Collated } from './data/collate.ts'
export type { Cursor, LoaderOptions } from './data/loader.ts'
export { DataLoader, type DataLoaderOptions } from './data/dataLoader.ts'
export { type Stream, StreamLoader } from './data/streamLoader.ts'
export { type Tokens, TokenWindows } from './data/tokenWindows.ts'
export { shuffledOrder } from './data/order.ts'

export { type Summary, summary, type SummaryRow } from './inspection/summary.ts'
export { captureForward, type ForwardHook, onForward } from './inspection/forwardHooks.ts'
export { gradientNorms } from './inspection/gradientNorms.ts'
export { checkFinite, NonFiniteError } from './inspection/checkFinite.ts'

export { fit } from './training/fit.ts'
export type { FitOptions } from './training/run.ts'
export type { Callback, CallbackLike, Training } from './training/callback.ts'
export { checkpoints, type CheckpointsOptions } from './training/callbacks/checkpoints.ts'
export { earlyStopping, type EarlyStoppingOptions } from './training/callbacks/earlyStopping.ts'
export { every } from './training/callbacks/every.ts'
export { csvLog } from './training/callbacks/csvLog.ts'
export { jsonLinesLog } from './training/callbacks/jsonLinesLog.ts'
export { tensorBoard, type TensorBoardOptions } from './training/callbacks/tensorBoard.ts'
export { SummaryWriter, type SummaryWriterOptions } from './training/tensorBoard/summaryWriter.ts'
export type { Batches, ValidationReport } from './training/evaluate.ts'
export { type TakenStep, Trainer, type TrainerOptions } from './training/trainer.ts'
export type { Losses, Objective } from './training/objective.ts'
export { DivergedError, type StepReport, type StepValues } from './training/report.ts'
export { keepUnless } from './training/keepUnless.ts'
export { GradScaler, type GradScalerOptions } from './training/precision/gradScaler.ts'
export { inPrecision, type Precision } from './training/precision/inPrecision.ts'
export { withTensors } from './module/withTensors.ts'

export { Lora, type LoraOptions } from './lora/lora.ts'
export { loadLora, saveLora } from './lora/files.ts'

export { CheckpointError, FormatError } from './files/errors.ts'
export { decodeSafetensors, type Safetensors } from './files/safetensors/decode.ts'
export { encodeSafetensors } from './files/safetensors/encode.ts'
export { readSafetensors, writeSafetensors } from './files/safetensors/file.ts'
export { openSafetensors, type SafetensorsReader, type TensorInfo } from './files/safetensors/open.ts'
export { type ShardOptions, writeShardedSafetensors } from './files/safetensors/writeShards.ts'
export type { ByteSource } from './files/nodeFiles.ts'
export { decodeNpy, encodeNpy } from './files/numpy/npy.ts'
export { decodeNpz, encodeNpz } from './files/numpy/npz.ts'
export { readNpy, readNpz, writeNpy, writeNpz } from './files/numpy/file.ts'
export type { Json, Run, StateDict, Stateful, StoredState } from './files/checkpoint/state.ts'
export { type Best, bestCheckpoint, latestCheckpoint } from './files/checkpoint/folder.ts'
export { type CheckpointOptions, saveCheckpoint } from './files/checkpoint/save.ts'
export { type Checkpoint, type CheckpointInfo, loadCheckpoint, readCheckpoint } from './files/checkpoint/load.ts'
