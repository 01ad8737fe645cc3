import { grad } from '@wids/autograd'
import * as tensors from '@wids/tensor'
import { attention, compile, memory, randn, setDevice, type Tensor, tensor } from '@wids/tensor'
import { expectClose, expectTensor, type GoldenTensor, makeTensor, readGolden, tolerances } from '@wids/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scaledDotProductAttention } from '../src/index.ts'

interface Case extends Record<'query' | 'key' | 'value' | 'output', GoldenTensor> {
  readonly name: string
  readonly causal: boolean
  readonly scale: number | null
  readonly mask: GoldenTensor | null
  readonly gradients: Readonly<Record<string, GoldenTensor>>
}

const cases = readGolden<Case[]>(new URL('goldens/attention.json', import.meta.url))

/** Σ output · weight, with the weights of `tools/golden/golden.py`. */
function lossOf(output: Tensor): Tensor {
  const weights = Float32Array.from({ length: output.size }, (_, at) => (((at * 7 + 3) % 11) - 4.5) / 4)
  return output.mul(tensor(weights, { shape: output.shape })).sum()
}

/** A mask as `attention` takes it. */
const biasOf = (mask: Tensor | undefined): Tensor | undefined =>
  mask?.dtype === 'bool' ? tensors.where(mask, 0, -Infinity) : mask

const forms: Readonly<Record<string, typeof scaledDotProductAttention>> = {
  scaledDotProductAttention,
  attention: (query, key, value, options) =>
    attention(query, key, value, {
      bias: biasOf(options?.attnMask),
      causal: options?.isCausal,
      scale: options?.scale,
    }),
}
const runs = Object.keys(forms).flatMap(form => (['reference', 'wasm'] as const).map(device => [form, device] as const))

describe.each(runs)('%s on %s', (form, device) => {
  describe.each(['packed', 'strided'] as const)('%s inputs', layout => {
    it.each(cases.map(one => [one.name, one] as const))('%s', async (_, one) => {
      const before = setDevice(device)
      onTestFinished(() => void setDevice(before))
      const make = (value: GoldenTensor): Tensor => makeTensor(tensors, value, layout)
      const [query, key, value] = [make(one.query), make(one.key), make(one.value)]
      const mask = one.mask === null ? undefined : make(one.mask)
      const options = { attnMask: mask, isCausal: one.causal, scale: one.scale ?? undefined }
      const output = forms[form]!(query, key, value, options)
      const leaves: Record<string, Tensor> = { query, key, value, ...(mask?.dtype === 'f32' ? { mask } : {}) }
      const slopes = grad(lossOf(output), leaves)
      await expectTensor(output, one.output, 'output')
      for (const [name, slope] of Object.entries(slopes))
        await expectTensor(slope, one.gradients[name]!, `gradient of ${name}`, tolerances.gradient)
    })
  })
})

/** [batch, time, 3 · channels] → the attention of its heads, causal, without the matrix of weights or with it. */
function heads(x: Tensor, form: 'one kernel' | 'composed'): Tensor {
  const split = (part: Tensor): Tensor => part.reshape([...x.shape.slice(0, 2), 6, -1]).transpose(1, 2) // [batch, 6, time, channels / 6]
  const [q, k, v] = x.chunk(3, -1).map(split) as [Tensor, Tensor, Tensor]
  if (form === 'one kernel') return scaledDotProductAttention(q, k, v, { isCausal: true })
  const time = tensors.arange(x.shape[1]!)
  const scores = q.matmul(k.transpose()).mul(1 / Math.sqrt(q.shape.at(-1)!))
  return tensors
    .where(time.le(time.unsqueeze(-1)), scores, -Infinity)
    .softmax(-1)
    .matmul(v)
}

it('takes at most 1/8 of the memory of the composed form at context 1024, forward and backward', async () => {
  const x = randn([1, 1024, 3 * 384])
  const before = memory().arena
  const arenaOf = async (form: 'one kernel' | 'composed'): Promise<number> => {
    const step = compile((input: Tensor) => grad(heads(input, form).square().sum(), input))
    await step(x).data()
    return memory().arena
  }
  // The arena only grows, so the smaller program goes first.
  const small = await arenaOf('one kernel')
  const large = await arenaOf('composed')
  expect(small).toBeGreaterThan(before)
  expect(small).toBeLessThanOrEqual(large / 8)
})

it('gives a single query what it gets among others, with heads that share keys too', async () => {
  const [query, key, value] = [randn([2, 4, 9, 8]), randn([2, 2, 5, 8]), randn([2, 2, 5, 6])]
  const attnMask = tensors.arange(5).ne(1)
  const all = scaledDotProductAttention(query, key, value, { attnMask })
  const one = scaledDotProductAttention(query.narrow(2, 1, 1), key, value, { attnMask })
  expectClose(await one.data(), await all.narrow(2, 1, 1).data(), tolerances.rounded)
})
