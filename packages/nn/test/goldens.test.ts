import { grad } from '@wids/autograd'
import { expectClose, type GoldenTensor, readGolden, type Tolerance, tolerances } from '@wids/testing'
import { type DeviceName, Generator, setDevice, type Shape, type Tensor, tensor } from '@wids/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'

type Numbers = Readonly<Record<string, GoldenTensor>>
type Options = Readonly<Record<string, unknown>>

interface Goldens {
  readonly activations: readonly {
    name: string
    options: Options
    input: GoldenTensor
    output: GoldenTensor
    gradients: readonly [GoldenTensor]
  }[]
  readonly losses: readonly {
    name: string
    options: Options
    input: GoldenTensor
    target: GoldenTensor
    output: GoldenTensor
    gradients: readonly [GoldenTensor]
  }[]
  readonly optimizers: {
    readonly start: Numbers
    readonly gradients: readonly Numbers[]
    readonly runs: readonly {
      name: 'SGD' | 'Adam' | 'AdamW'
      options: Options
      after: Readonly<Record<string, Numbers>>
    }[]
  }
  readonly clipping: readonly {
    maxNorm: number
    normType: number
    gradients: readonly GoldenTensor[]
    norm: GoldenTensor
    clipped: readonly GoldenTensor[]
  }[]
  readonly initialisers: {
    readonly gains: Readonly<Record<nn.Nonlinearity, number>>
    readonly cases: readonly { name: string; shape: Shape; options: Options; bound?: number; std?: number }[]
  }
  readonly layers: readonly {
    name: string
    options: Options
    input: GoldenTensor
    state: Numbers
    output: GoldenTensor
    gradients: Numbers
  }[]
}

const goldens = readGolden<Goldens>(new URL('goldens/nn.json', import.meta.url))

const make = ({ shape, dtype, data }: GoldenTensor): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype: dtype as 'f32' | 'i32' })

/** Σ output · weight, whose gradients the goldens are (tools/golden/golden.py). */
const weighted = (output: Tensor): Tensor => {
  const weights = Float32Array.from({ length: output.size }, (_, at) => (((at * 7 + 3) % 11) - 4.5) / 4)
  return output.mul(tensor(weights, { shape: output.shape })).sum()
}

async function expectGolden(
  actual: Tensor,
  golden: GoldenTensor,
  tolerance: Tolerance = tolerances.rounded,
): Promise<void> {
  expect(actual.shape).toEqual(golden.shape)
  expectClose(await actual.data(), golden.data, tolerance)
}

const title = ({ name, options }: { name: string; options: Options }): string => `${name} ${JSON.stringify(options)}`

describe.each(['reference', 'wasm'] as const)('PyTorch agrees on %s about', device => {
  let before: DeviceName
  beforeAll(() => {
    before = setDevice(device)
  })
  afterAll(() => {
    setDevice(before)
  })

  const activations: Readonly<Record<string, (x: Tensor, options: Options) => Tensor>> = {
    sigmoid: nn.sigmoid,
    tanh: nn.tanh,
    relu: nn.relu,
    leakyRelu: (x, { negativeSlope }) => nn.leakyRelu(x, negativeSlope as number | undefined),
    gelu: (x, { approximate }) => nn.gelu(x, approximate as 'tanh' | undefined),
    silu: nn.silu,
    softmax: (x, { axis }) => nn.softmax(x, axis as number),
  }
  it.each(goldens.activations.map(c => [title(c), c] as const))(
    '%s',
    async (_, { name, options, input, output, gradients }) => {
      const x = make(input)
      const y = activations[name]!(x, options)
      await expectGolden(y, output)
      await expectGolden(grad(weighted(y), x), gradients[0], tolerances.gradient)
    },
  )

  const losses: Readonly<Record<string, (x: Tensor, y: Tensor, options: Options) => Tensor>> = {
    leastSquares: nn.leastSquares,
    mseLoss: nn.mseLoss,
    binaryCrossEntropy: nn.binaryCrossEntropy,
    binaryCrossEntropyWithLogits: nn.binaryCrossEntropyWithLogits,
    crossEntropy: nn.crossEntropy,
  }
  it.each(goldens.losses.map(c => [title(c), c] as const))(
    '%s',
    async (_, { name, options, input, target, output, gradients }) => {
      const x = make(input)
      const loss = losses[name]!(x, make(target), options)
      await expectGolden(loss, output)
      await expectGolden(grad(weighted(loss), x), gradients[0], tolerances.gradient)
    },
  )

  const layers: Readonly<Record<string, (options: Options) => nn.Layer>> = {
    Linear: ({ inFeatures, outFeatures, ...rest }) => new nn.Linear(inFeatures as number, outFeatures as number, rest),
    Embedding: ({ numEmbeddings, embeddingDim, ...rest }) =>
      new nn.Embedding(numEmbeddings as number, embeddingDim as number, rest),
    LayerNorm: ({ normalizedShape, ...rest }) => new nn.LayerNorm(normalizedShape as number[], rest),
  }
  it.each(goldens.layers.map(c => [title(c), c] as const))(
    '%s',
    async (_, { name, options, input, state, output, gradients }) => {
      const layer = layers[name]!(options)
      layer.loadStateDict(Object.fromEntries(Object.entries(state).map(([key, value]) => [key, make(value)])))
      const x = make(input)
      const y = layer.forward(x)
      await expectGolden(y, output)
      const named = { ...('input' in gradients ? { input: x } : {}), ...Object.fromEntries(layer.namedParameters()) }
      const slopes = grad(weighted(y), named)
      expect(Object.keys(slopes).toSorted()).toEqual(Object.keys(gradients).toSorted())
      for (const [key, slope] of Object.entries(slopes)) await expectGolden(slope, gradients[key]!, tolerances.gradient)
    },
  )

  const optimizers = { SGD: nn.SGD, Adam: nn.Adam, AdamW: nn.AdamW }
  it.each(goldens.optimizers.runs.map(c => [title(c), c] as const))('%s', async (_, { name, options, after }) => {
    const { start, gradients } = goldens.optimizers
    const parameters = Object.fromEntries(Object.entries(start).map(([key, value]) => [key, nn.parameter(make(value))]))
    const optimizer = new optimizers[name](Object.values(parameters), options as { lr: number })
    for (const [i, slopes] of gradients.entries()) {
      optimizer.step(Object.keys(parameters).map(key => make(slopes[key]!)))
      for (const [key, golden] of Object.entries(after[i + 1] ?? {})) await expectGolden(parameters[key]!, golden)
    }
  })

  it.each(goldens.clipping.map(c => [`norm ${c.normType} of ${c.norm.data[0]}`, c] as const))(
    'clipping a %s',
    async (_, { maxNorm, normType, gradients, norm, clipped }) => {
      const result = nn.clipGradNorm(gradients.map(make), maxNorm, { normType })
      await expectGolden(result.norm, norm)
      for (const [i, golden] of clipped.entries()) await expectGolden(result.gradients[i]!, golden)
    },
  )
})

describe('PyTorch agrees about initial values:', () => {
  const generator = new Generator(7)
  const initialisers: Readonly<Record<string, (shape: Shape, options: Options) => Tensor>> = {
    xavierUniform: (shape, options) => nn.xavierUniform(shape, { ...options, generator }),
    xavierNormal: (shape, options) => nn.xavierNormal(shape, { ...options, generator }),
    kaimingUniform: (shape, options) => nn.kaimingUniform(shape, { ...options, generator }),
    kaimingNormal: (shape, options) => nn.kaimingNormal(shape, { ...options, generator }),
    'Linear.weight': ([out, into]) => new nn.Linear(into!, out!, { generator }).weight,
    'Linear.bias': ([out]) => new nn.Linear(40, out!, { generator }).bias!,
    'Embedding.weight': ([rows, channels]) => new nn.Embedding(rows!, channels!, { generator }).weight,
  }
  it.each(goldens.initialisers.cases.map(c => [`${title(c)} [${c.shape.join(', ')}]`, c] as const))(
    '%s',
    async (_, { name, shape, options, bound, std }) => {
      const values = [...(await initialisers[name]!(shape, options).data())]
      const mean = values.reduce((a, b) => a + b) / values.length
      const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length)
      const expected = std ?? bound! / Math.sqrt(3)
      expect(Math.abs(mean)).toBeLessThan((4 * expected) / Math.sqrt(values.length))
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length))
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual((bound ?? Infinity) * (1 + 1e-6))
    },
  )

  it('gains', () => {
    for (const [name, gain] of Object.entries(goldens.initialisers.gains) as [nn.Nonlinearity, number][])
      expect(nn.calculateGain(name, 0.2)).toBeCloseTo(gain, 6)
  })
})
