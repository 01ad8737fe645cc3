import { compile, tensor, type Tensor } from '@wids/tensor'
import { generate, type KeyValueCache } from '@wids/transformer'
import type { DecodeTask, Prepared } from '../../tasks.ts'
import { modelOf } from './gpt.ts'

/** Tokens as a user asks for them. */
export async function prepare({ sizes, weights, tokens, forced, dtype }: DecodeTask): Promise<Prepared> {
  const model = modelOf(sizes, weights).eval().to(dtype)
  const extend = compile((id: Tensor, cache: KeyValueCache) => model.extend(id, cache))
  let cache = model.emptyCache()
  let check: number[] = []
  for (const id of forced) {
    const next = extend(tensor(new Int32Array([id]), { shape: [1, 1] }), cache)
    cache = next.cache
    check = Array.from(await next.logits.data())
  }
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const ids = generate(model, forced.slice(0, 1), { maxTokens: tokens, temperature: 0, seed: 1 })
      for await (const id of ids) void id
    }
  }
  await run(1)
  return { check, run }
}
