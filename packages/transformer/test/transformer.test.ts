import { grad } from '@wids/autograd'
import * as tensors from '@wids/tensor'
import { expectTensor, type GoldenTensor, makeTensor, readGolden, readSafetensors, tolerances } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import { Transformer } from '../src/index.ts'

interface Pass {
  readonly output: GoldenTensor
  readonly sourceGradient: GoldenTensor
  readonly targetGradient: GoldenTensor
}
interface Golden extends Record<'source' | 'target' | 'sourcePadding' | 'targetPadding' | 'causal', GoldenTensor> {
  readonly config: Readonly<
    Record<'d_model' | 'nhead' | 'num_encoder_layers' | 'num_decoder_layers' | 'dim_feedforward', number>
  > & {
    readonly norm_first: boolean
  }
  readonly plain: Pass
  readonly masked: Pass
}

const make = (golden: GoldenTensor): tensors.Tensor => makeTensor(tensors, golden)

/** What the golden scripts multiply an output with before they sum and differentiate it. */
const outputWeights = (shape: readonly number[]): tensors.Tensor =>
  tensors.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (((i * 7 + 3) % 11) - 4.5) / 4),
    { shape },
  )

describe.each(['transformer-post-norm', 'transformer-pre-norm'])("PyTorch's %s", name => {
  const folder = new URL('goldens/', import.meta.url)
  const golden = readGolden<Golden>(new URL(`${name}.json`, folder))
  const saved = [...readSafetensors(new URL(`${name}.safetensors`, folder))]
  const weights = Object.fromEntries(saved.filter(([key]) => !key.startsWith('grad.')))
  const gradients = Object.fromEntries(saved.filter(([key]) => key.startsWith('grad.')))

  const {
    d_model: dModel,
    nhead,
    num_encoder_layers: numEncoderLayers,
    num_decoder_layers: numDecoderLayers,
  } = golden.config
  const { dim_feedforward: dimFeedforward, norm_first: normFirst } = golden.config
  const load = (): Transformer => {
    const options = { dModel, nhead, numEncoderLayers, numDecoderLayers, dimFeedforward, normFirst, dropout: 0 }
    const model = new Transformer(options)
    model.loadStateDict(Object.fromEntries(Object.entries(weights).map(([key, value]) => [key, make(value)])))
    return model
  }
  const [sourcePadding, targetPadding] = [make(golden.sourcePadding), make(golden.targetPadding)]
  const padded = {
    srcKeyPaddingMask: sourcePadding,
    tgtKeyPaddingMask: targetPadding,
    memoryKeyPaddingMask: sourcePadding,
  }

  it.each([
    ['without masks', golden.plain, {}],
    ['with padding and a causal mask', golden.masked, { ...padded, tgtMask: make(golden.causal) }],
    ['with padding and isCausal', golden.masked, { ...padded, tgtIsCausal: true }],
  ])('%s: outputs and gradients of the inputs', async (_, pass, masks) => {
    const model = load()
    const [source, target] = [make(golden.source), make(golden.target)]
    const output = model.forward(source, target, masks)
    await expectTensor(output, pass.output, 'output', tolerances.rounded)
    const slopes = grad(output, { source, target }, outputWeights(output.shape))
    await expectTensor(slopes.source, pass.sourceGradient, 'gradient of the source', tolerances.gradient)
    await expectTensor(slopes.target, pass.targetGradient, 'gradient of the target', tolerances.gradient)
  })

  it('every gradient', async () => {
    const model = load()
    const output = model.forward(make(golden.source), make(golden.target), { ...padded, tgtIsCausal: true })
    const slopes = grad(output, model.stateDict(), outputWeights(output.shape))
    expect(
      Object.keys(slopes)
        .map(key => `grad.${key}`)
        .toSorted(),
    ).toEqual(Object.keys(gradients).toSorted())
    for (const [key, slope] of Object.entries(slopes))
      await expectTensor(slope, gradients[`grad.${key}`]!, `gradient of ${key}`, tolerances.gradient)
  })
})
