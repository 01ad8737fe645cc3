import { zeros, type Tensor, WidsError } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import {
  Adam,
  AdamW,
  BatchNorm1d,
  Bilinear,
  buffer,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  crossEntropy,
  Dropout,
  earlyStopping,
  Embedding,
  GRU,
  GroupNorm,
  LayerNorm,
  Linear,
  LSTM,
  MaxPool2d,
  ModuleList,
  mseLoss,
  nllLoss,
  parameter,
  PixelShuffle,
  type Reduction,
  RMSNorm,
  Sequential,
  SGD,
  Upsample,
} from '../src/index.ts'

/** What JavaScript lets through. */
const wrong = <T>(value: unknown): T => value as T
const nothing = wrong<Tensor>(undefined)
const image = zeros([2, 5, 8, 8])
const scores = zeros([4, 3])
const weights = (): Tensor[] => [zeros([3])]

const mistakes: readonly (readonly [name: string, call: () => unknown, message: string])[] = [
  ['new Linear()', () => new Linear(wrong(undefined), 2), 'Linear: inFeatures is a whole number of at least 0, got'],
  ['new Conv2d(1.5, …)', () => new Conv2d(1.5, 4, 3), 'Conv2d: inChannels is a whole number of at least 0, got 1.5'],
  ['Sequential, list', () => new Sequential(wrong([new Linear(2, 2)])), 'Sequential: item 0 is a module, got an array'],
  ['ModuleList, null', () => new ModuleList([wrong<Linear>(null)]), 'ModuleList: item 0 is a module, got null'],
  [
    'parameter, list',
    () => parameter(wrong([1])),
    'parameter: value is a tensor, got an array; make one with tensor(…)',
  ],
  ['buffer()', () => buffer(nothing), 'buffer: value is a tensor, got undefined'],
  [
    'LSTM, state',
    () => new LSTM(4, 5).forward(zeros([2, 3, 4]), wrong([null, null])),
    'LSTM: item 0 is a tensor, got null',
  ],
  ['earlyStopping', () => earlyStopping({ patience: -1 }), 'earlyStopping: patience is at least 0, got -1'],
  ['Linear(null)', () => new Linear(4, 3).forward(wrong(null)), 'Linear: x is a tensor, got null'],
  [
    'Linear([[1, 2]])',
    () => new Linear(4, 3).forward(wrong([[1, 2]])),
    'Linear: x is a tensor, got an array; make one with tensor(…)',
  ],
  ['Sequential()', () => new Sequential(new Linear(4, 3)).forward(nothing), 'Linear: x is a tensor'],
  ['Bilinear(a)', () => new Bilinear(4, 3, 2).forward(zeros([2, 4]), nothing), 'Bilinear: b is a tensor'],
  ['Embedding()', () => new Embedding(10, 4).forward(nothing), 'Embedding: index is a tensor'],
  ['Conv1d()', () => new Conv1d(3, 4, 3).forward(nothing), 'Conv1d: x is a tensor'],
  ['Conv2d, channels', () => new Conv2d(3, 4, 3).forward(image), 'Conv2d: an input of [batch, 3, ...size] is needed'],
  [
    'ConvTranspose2d, channels',
    () => new ConvTranspose2d(3, 4, 3).forward(image),
    'ConvTranspose2d: an input of [batch, 3, ...size] is needed',
  ],
  ['MaxPool2d()', () => new MaxPool2d(2).forward(nothing), 'maxPool2d: x is a tensor'],
  ['Upsample, rank', () => new Upsample({ scaleFactor: 2 }).forward(scores), 'Upsample: [batch, channels,'],
  ['PixelShuffle()', () => new PixelShuffle(2).forward(nothing), 'pixelShuffle: x is a tensor'],
  ['BatchNorm1d()', () => new BatchNorm1d(4).forward(nothing), 'BatchNorm1d: x is a tensor'],
  ['LayerNorm()', () => new LayerNorm(4).forward(nothing), 'LayerNorm: x is a tensor'],
  ['RMSNorm()', () => new RMSNorm(4).forward(nothing), 'RMSNorm: x is a tensor'],
  ['GroupNorm()', () => new GroupNorm(2, 4).forward(nothing), 'GroupNorm: x is a tensor'],
  ['GRU()', () => new GRU(4, 5).forward(nothing), 'GRU: input is a tensor'],
  ['Dropout()', () => new Dropout(0.5).forward(nothing), 'dropout: x is a tensor'],
  ['mseLoss(x)', () => mseLoss(scores, nothing), 'mseLoss: target is a tensor'],
  [
    "mseLoss, 'average'",
    () => mseLoss(scores, scores, { reduction: wrong<Reduction>('average') }),
    "reduction: 'mean', 'sum' or 'none' is needed, got \"average\"",
  ],
  ['crossEntropy, list', () => crossEntropy(scores, wrong([0, 1, 2, 0])), 'crossEntropy: target is a tensor'],
  ['nllLoss()', () => nllLoss(nothing, nothing), 'nllLoss: logProbabilities is a tensor'],
  [
    'Adam(model)',
    () => new Adam(wrong(new Linear(2, 2))),
    'optimizer: parameters are a list of tensors, as model.parameters() gives, got an object (Linear)',
  ],
  ['Adam([null])', () => new Adam([wrong(null)]), 'optimizer: item 0 is a tensor, got null'],
  ['lr NaN', () => new Adam(weights(), { lr: NaN }), 'optimizer: lr is at least 0, got NaN'],
  ['betas', () => new AdamW(weights(), { betas: [0.9, 1.5] }), 'optimizer: betas is from 0 to less than 1, got 1.5'],
  ['decay', () => new SGD(weights(), { weightDecay: -1 }), 'optimizer: weightDecay is at least 0, got -1'],
  [
    'decay of a group',
    () => new AdamW(weights(), { groups: [{ parameters: [], weightDecay: -1 }] }),
    'optimizer: weightDecay is at least 0, got -1',
  ],
  ['nesterov', () => new SGD(weights(), { nesterov: true }), 'SGD: nesterov needs momentum and no dampening'],
  ['step()', () => new SGD(weights()).step(wrong(undefined)), 'step: tensors are given in a list, got undefined'],
]

describe('a mistake that types would have caught', () => {
  it.each(mistakes)('%s is a typed error that names what was called', (_, call, message) => {
    expect(call).toThrow(WidsError)
    expect(call).toThrow(message)
  })
})
