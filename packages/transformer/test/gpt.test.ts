import { grad } from '@wids/autograd'
import { AdamW, clipGradNorm, crossEntropy } from '@wids/nn'
import * as tensors from '@wids/tensor'
import {
  expectClose,
  expectTensor,
  type GoldenTensor,
  makeTensor,
  readGolden,
  readSafetensors,
  tolerances,
} from '@wids/testing'
import { describe, expect, it } from 'vitest'
import { GPT } from '../src/index.ts'

interface Golden extends Record<'tokens' | 'targets' | 'logits', GoldenTensor> {
  readonly config: Readonly<Record<'vocabulary' | 'context' | 'layers' | 'heads' | 'width', number>>
  readonly training: Readonly<Record<'lr' | 'beta1' | 'beta2' | 'eps' | 'weightDecay' | 'clip', number>>
  readonly losses: readonly number[]
  readonly gradientNorms: readonly number[]
}

const folder = new URL('goldens/', import.meta.url)
const golden = readGolden<Golden>(new URL('gpt.json', folder))
const saved = [...readSafetensors(new URL('gpt.safetensors', folder))]
const make = (value: GoldenTensor): tensors.Tensor => makeTensor(tensors, value)

/** The golden tensors whose names begin with a prefix, without it. */
const savedUnder = (prefix: string): Record<string, GoldenTensor> =>
  Object.fromEntries(
    saved.filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
  )

function load(): GPT {
  const { vocabulary: vocabSize, ...sizes } = golden.config
  const model = new GPT({ vocabSize, ...sizes, gelu: 'tanh' })
  const weights = saved.filter(([key]) => !/^(grad|after)\./.test(key))
  model.loadStateDict(Object.fromEntries(weights.map(([key, value]) => [key, make(value)])))
  return model
}

const lossOf = (model: GPT, tokens: tensors.Tensor, targets: tensors.Tensor): tensors.Tensor =>
  crossEntropy(model.forward(tokens).flatten(0, 1), targets.flatten())

/**
 * What ten steps determine. A bias of keys adds the same to all scores of a query, which softmax ignores: its gradient
 * is rounding noise, of which Adam makes steps of full size.
 */
function known(key: string, data: ArrayLike<number>): number[] {
  const { width } = golden.config
  const isKeyBias = (i: number): boolean => key.endsWith('c_attn.bias') && i >= width && i < 2 * width
  return Array.from(data).filter((_, i) => !isKeyBias(i))
}

describe("PyTorch's GPT", () => {
  const [tokens, targets] = [make(golden.tokens), make(golden.targets)] // [steps, batch, time]

  it('logits', () => expectTensor(load().forward(tokens.at(0)), golden.logits, 'logits', tolerances.rounded))

  it('every gradient', async () => {
    const model = load()
    const slopes = grad(lossOf(model, tokens.at(0), targets.at(0)), model.stateDict())
    const expected = savedUnder('grad.')
    expect(Object.keys(slopes).toSorted()).toEqual(Object.keys(expected).toSorted())
    for (const [key, slope] of Object.entries(slopes))
      await expectTensor(slope, expected[key]!, `gradient of ${key}`, tolerances.gradient)
  })

  it.each([
    ['compiled', true],
    ['plain', false],
  ])('ten %s steps of AdamW', async (_, isCompiled) => {
    const model = load()
    const parameters = model.parameters()
    const { lr, beta1, beta2, eps, weightDecay, clip } = golden.training
    const groups = [{ parameters: parameters.filter(p => p.rank < 2), weightDecay: 0 }]
    const optimizer = new AdamW(parameters, { lr, betas: [beta1, beta2], eps, weightDecay, groups })
    const update = (x: tensors.Tensor, y: tensors.Tensor) => {
      const loss = lossOf(model, x, y)
      const { gradients, norm } = clipGradNorm(grad(loss, parameters), clip)
      optimizer.step(gradients)
      return { loss, norm }
    }
    const step = isCompiled ? tensors.compile(update) : update
    for (const [i, expected] of golden.losses.entries()) {
      const { loss, norm } = step(tokens.at(i), targets.at(i))
      expectClose([await loss.item()], [expected], { rtol: 1e-4, atol: 0 }, `loss of step ${i}`)
      expectClose([await norm.item()], [golden.gradientNorms[i]!], { rtol: 1e-4, atol: 0 }, `norm of step ${i}`)
    }
    const after = savedUnder('after.')
    for (const [key, value] of Object.entries(model.stateDict()))
      expectClose(known(key, await value.data()), known(key, after[key]!.data), tolerances.accumulated, key)
  })
})

describe('loadStateDict', () => {
  const weights = Object.entries(load().stateDict())
  const ids = make(golden.tokens).at(0)

  it.each([
    ["nanoGPT's", (name: string, value: tensors.Tensor) => [`_orig_mod.transformer.${name}`, value]],
    [
      "Hugging Face's GPT-2",
      (name: string, value: tensors.Tensor) => [
        `transformer.${name}`,
        /c_(attn|fc|proj)\.weight$/.test(name) ? value.transpose() : value,
      ],
    ],
  ])('takes %s names and layout', async (_, rename) => {
    const extra = { 'lm_head.weight': load().wte.weight, 'transformer.h.0.attn.bias': tensors.zeros([1, 1, 8, 8]) }
    const { vocabulary: vocabSize, ...sizes } = golden.config
    const model = new GPT({ vocabSize, ...sizes, gelu: 'tanh' })
    model.loadStateDict({ ...Object.fromEntries(weights.map(([name, value]) => rename(name, value))), ...extra })
    await expectTensor(model.forward(ids), golden.logits, 'logits', tolerances.rounded)
  })

  it('names what does not fit', () => {
    const { 'wpe.weight': _, ...rest } = Object.fromEntries(weights)
    expect(() => load().loadStateDict(rest)).toThrow('missing: wpe.weight')
    expect(() => load().loadStateDict({ ...rest, 'wpe.weight': tensors.zeros([4, 4]) })).toThrow(
      'wpe.weight is [8, 16] here, [4, 4] there',
    )
  })
})
