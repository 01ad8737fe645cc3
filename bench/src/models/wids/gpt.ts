import { tensor } from '@wids/tensor'
import { GPT } from '@wids/transformer'
import type { StoredTensors } from '../../tasks.ts'
import { load } from '../../weights.ts'
import type { GptSizes } from '../../workloads.ts'

/** The model with the stored weights. */
export function modelOf({ layers, heads, width, context, vocabulary }: GptSizes, weights: StoredTensors): GPT {
  const model = new GPT({ layers, heads, width, context, vocabSize: vocabulary, gelu: 'tanh' })
  const state = Object.entries(load(weights)).map(([name, { shape, data }]) => [name, tensor(data, { shape })] as const)
  model.loadStateDict(Object.fromEntries(state))
  return model
}
