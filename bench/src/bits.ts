// Run by bits.long.test.ts in processes of their own: digests of what a benchmark model computes.
import { createHash } from 'node:crypto'
import { tensor, type TypedArray } from '@wids/tensor'
import { generate } from '@wids/transformer'
import { randomIds, toBatch } from './batches.ts'
import { modelOf } from './models/wids/gpt.ts'
import { trainer } from './models/wids/train.ts'
import { storedGpt } from './weights.ts'
import { decoders, recipes, training } from './workloads.ts'

const digest = (parts: readonly TypedArray[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

/** The losses of training steps, and digests of all weights behind them. */
async function train(id: keyof typeof recipes, steps: number): Promise<unknown> {
  const recipe = recipes[id]
  const { model, advance } = trainer({ recipe, training, weights: storedGpt(id, recipe) })
  const losses: number[] = []
  for (let i = 0; i < steps; i++) {
    const ids = randomIds(recipe.batch * (recipe.context + 1), recipe.vocabulary, 1 + i)
    losses.push(await advance(toBatch(ids, recipe)).item())
  }
  return { losses, weights: digest(await Promise.all(model.parameters().map(parameter => parameter.data()))) }
}

/** Greedy tokens, and a digest of the logits behind a prompt. */
async function decode(id: keyof typeof decoders): Promise<unknown> {
  const sizes = decoders[id]
  const model = modelOf(sizes, storedGpt(id, sizes)).eval()
  const prompt = randomIds(16, sizes.vocabulary, 7)
  const tokens: number[] = []
  for await (const token of generate(model, prompt, { maxTokens: sizes.tokens, temperature: 0, seed: 1 }))
    tokens.push(token)
  const { logits } = model.extend(tensor(Int32Array.from(prompt), { shape: [1, prompt.length] }), model.emptyCache())
  return { tokens, logits: digest([await logits.data()]) }
}

const [id, steps] = [process.argv[2]!, Number(process.argv[3])]
const result =
  id in recipes ? await train(id as keyof typeof recipes, steps) : await decode(id as keyof typeof decoders)
console.log(JSON.stringify(result))
process.exit()
