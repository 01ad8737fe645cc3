import { grad } from '@wids/autograd'
import { ArgumentError, compile, Generator, randint, type Tensor, tensor } from '@wids/tensor'
import { readGolden } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import {
  AdamW,
  captureForward,
  crossEntropy,
  Embedding,
  GradScaler,
  inPrecision,
  LayerNorm,
  Linear,
  Module,
  type Precision,
  Trainer,
} from '../../src/index.ts'
import { batchOf, loss as meanSquare, network } from './task.ts'

interface Case {
  readonly options: { readonly initScale: number; readonly growthInterval: number }
  readonly steps: number
  readonly overflows: readonly number[]
  readonly scales: readonly (readonly [step: number, scale: number])[]
}
const cases = readGolden<readonly Case[]>(new URL('../goldens/gradScaler.json', import.meta.url))

describe('GradScaler', () => {
  it.each(cases.map(c => [JSON.stringify(c.options), c] as const))(
    'moves as that of PyTorch over overflows, %s',
    async (_, { options, steps, overflows, scales }) => {
      const scaler = new GradScaler(options)
      const step = compile((gradient: Tensor) => {
        const [unscaled] = scaler.unscale([gradient])
        scaler.update(unscaled!.isFinite())
        return scaler.factor
      })
      const [good, bad] = [tensor(1), tensor(Infinity)]
      const changes: (readonly [number, number])[] = []
      let before = options.initScale
      for (let at = 0; at < steps; at++) {
        const scale = await step(overflows.includes(at) ? bad : good).item()
        if (scale !== before) changes.push([at, scale])
        before = scale
      }
      expect(changes).toEqual(scales)
    },
  )

  it('goes on from its state', async () => {
    const [a, b] = [new GradScaler({ growthInterval: 3 }), new GradScaler({ growthInterval: 3, initScale: 1 })]
    for (let i = 0; i < 2; i++) a.update(tensor(true))
    b.loadStateDict(a.stateDict())
    for (const scaler of [a, b]) scaler.update(tensor(true))
    expect([await a.factor.item(), await b.factor.item()]).toEqual([131072, 131072])
    expect(() => new GradScaler({ growthFactor: 1 })).toThrow(ArgumentError)
  })
})

/** Learns which symbol follows another: i32 [batch, time] → [batch, time, symbols] */
class NextSymbol extends Module {
  readonly embedding: Embedding
  readonly norm = new LayerNorm(24)
  readonly hidden: Linear
  readonly head: Linear
  constructor(symbols: number) {
    super()
    const generator = new Generator(7)
    this.embedding = new Embedding(symbols, 24, { generator })
    this.hidden = new Linear(24, 48, { generator })
    this.head = new Linear(48, symbols, { generator })
  }

  forward(x: Tensor): Tensor {
    return this.head.forward(this.hidden.forward(this.norm.forward(this.embedding.forward(x))).gelu())
  }
}

const symbols = 12
const entropy = (model: NextSymbol, x: Tensor): Tensor =>
  crossEntropy(model.forward(x).flatten(0, 1), x.mul(5).add(3).remainder(symbols).flatten())

async function trained(precision: Precision, options: { readonly scaler?: GradScaler | false } = {}) {
  const model = new NextSymbol(symbols)
  const optimizer = new AdamW(model.parameters(), { lr: 0.02 })
  const trainer = new Trainer(model, { loss: entropy, optimizer, precision, ...options })
  const generator = new Generator(2)
  const losses: number[] = []
  let skipped = 0
  for (let i = 0; i < 60; i++) {
    const report = await trainer.step(randint(0, symbols, [4, 16], { generator })).read()
    losses.push(report.loss)
    if (report.skipped) skipped++
  }
  return { model, trainer, losses, skipped }
}

describe('training in narrow storage', () => {
  it.each(['bf16', 'f16'] as const)('in %s reaches nearly the loss of f32, with weights in f32', async precision => {
    const [wide, narrow] = await Promise.all([trained('f32'), trained(precision)])
    const last = wide.losses.at(-1)!
    expect(last).toBeLessThan(wide.losses[0]! / 20)
    expect(Math.abs(narrow.losses.at(-1)! - last)).toBeLessThan(0.02)
    expect(narrow.losses).not.toEqual(wide.losses)
    for (const weight of narrow.model.parameters()) expect(weight.dtype).toBe('f32')
    expect(narrow.trainer.scaler === undefined).toBe(precision === 'bf16')
  })

  it('in f16 skips steps that overflow until the scale fits', async () => {
    const { trainer, losses, skipped } = await trained('f16', { scaler: new GradScaler({ initScale: 2 ** 30 }) })
    expect(skipped).toBeGreaterThan(5)
    expect(await trainer.scaler!.factor.item()).toBe(2 ** (30 - skipped))
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 10)
  })

  it('in f16 needs the scale for gradients that would vanish', async () => {
    const gradientOf = (scaler: GradScaler | false): Promise<number> => {
      const model = network()
      const tiny = (model: Parameters<typeof meanSquare>[0], batch: ReturnType<typeof batchOf>): Tensor =>
        meanSquare(model, batch).mul(1e-7)
      const optimizer = new AdamW(model.parameters())
      const trainer = new Trainer(model, { loss: tiny, optimizer, precision: 'f16', scaler })
      return trainer.step(batchOf(40)).values.norm.item()
    }
    expect(await gradientOf(false)).toBe(0)
    expect(await gradientOf(new GradScaler())).toBeGreaterThan(1e-9)
  })
})

it('inPrecision stores activations and weights in the narrow type, and only while it runs', async () => {
  const model = network()
  const { x } = batchOf(4)
  const { result, outputs } = captureForward(model, () => inPrecision(model, 'bf16', () => model.forward(x)))
  expect([outputs['0']!.dtype, outputs['1']!.dtype, result.dtype]).toEqual(['bf16', 'bf16', 'f32'])
  expect(model.forward(x).dtype).toBe('f32')
  expect(Object.hasOwn(model, 'forward')).toBe(false)
  const gradients = grad(result.sum(), model.parameters())
  expect(new Set(gradients.map(({ dtype }) => dtype))).toEqual(new Set(['f32']))
  const fails = (): never => {
    throw new Error('no')
  }
  expect(() => inPrecision(model, 'f16', fails)).toThrow('no')
  expect(model.forward(x).dtype).toBe('f32')
})
