import { jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { cycle, toBatch } from '../../batches.ts'
import type { Prepared, TrainTask } from '../../tasks.ts'
import type { Recipe, Training } from '../../workloads.ts'
import { head, kept, layerNorm, linear, loadWeights, mlp, type Weights } from './layers.ts'

type State = { weights: Weights; mean: Weights; square: Weights; step: np.Array }

function attention(x: np.Array, w: Weights, name: string, { batch, heads, width, context }: Recipe): np.Array {
  const parts = np.split(linear(x, w, `${name}.c_attn`), 3, -1) // [batch, context, width] each
  const [q, k, v] = parts.map(part => part.reshape([batch, context, heads, width / heads]))
  const mixed = nn.dotProductAttention(q!, k!, v!, { isCausal: true }).reshape([batch, context, width])
  return linear(mixed, w, `${name}.c_proj`)
}

/** Logits [batch, context, vocabulary] of ids [batch, context]. */
function forward(w: Weights, x: np.Array, recipe: Recipe): np.Array {
  // One-hot times table measured no slower than a lookup, whose gradient is a scatter that jit runs by itself.
  let h = np.matmul(nn.oneHot(x, recipe.vocabulary), kept(w, 'wte.weight')).add(kept(w, 'wpe.weight'))
  for (let i = 0; i < recipe.layers; i++) {
    h = h.ref.add(attention(layerNorm(h, w, `h.${i}.ln_1`), w, `h.${i}.attn`, recipe))
    h = h.ref.add(mlp(layerNorm(h, w, `h.${i}.ln_2`), w, `h.${i}.mlp`))
  }
  return head(h, w)
}

function lossOf(w: Weights, x: np.Array, y: np.Array, recipe: Recipe): np.Array {
  const logs = nn.logSoftmax(forward(w, x, recipe), -1)
  tree.dispose(w)
  return np.mean(logs.mul(nn.oneHot(y, recipe.vocabulary)).sum(-1)).neg()
}

/** Gradients divided by their norm if that is above the limit. */
function clipped(gradients: Weights, limit: number): Weights {
  const squares = Object.values(gradients).map(g => np.square(g.ref).sum())
  const norm = np.sqrt(squares.reduce((a, b) => a.add(b)))
  const scale = np.minimum(np.array(limit).div(norm.add(1e-6)), 1)
  const result = Object.entries(gradients).map(([name, g]) => [name, g.mul(scale.ref)] as const)
  scale.dispose()
  return Object.fromEntries(result)
}

/** AdamW (Loshchilov & Hutter, 2019), as `torch.optim.AdamW`. */
function updated({ weights, mean, square, step }: State, gradients: Weights, training: Training): State {
  const { lr, beta1, beta2, eps, weightDecay } = training
  const next: State = { weights: {}, mean: {}, square: {}, step: step.add(1) }
  const correct1 = np.subtract(1, np.power(beta1, next.step.ref))
  const correct2 = np.subtract(1, np.power(beta2, next.step.ref))
  for (const [name, g] of Object.entries(gradients)) {
    const m = mean[name]!.mul(beta1).add(g.ref.mul(1 - beta1))
    const v = square[name]!.mul(beta2).add(np.square(g).mul(1 - beta2))
    const direction = m.ref.div(correct1.ref).div(np.sqrt(v.ref.div(correct2.ref)).add(eps))
    const decay = weights[name]!.ndim >= 2 ? 1 - lr * weightDecay : 1
    next.weights[name] = weights[name]!.mul(decay).sub(direction.mul(lr))
    next.mean[name] = m
    next.square[name] = v
  }
  tree.dispose([correct1, correct2])
  return next
}

function initialState(weights: Weights): State {
  const zeros = (): Weights => Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, np.zeros(w.shape)]))
  return { weights, mean: zeros(), square: zeros(), step: np.array(0) }
}

/** The whole step under one `jit`, optimizer and its state included. */
export async function prepare({ recipe, training, weights, batches }: TrainTask): Promise<Prepared> {
  const step = jit((state: State, x: np.Array, y: np.Array): [np.Array, State] => {
    const loss = valueAndGrad((w: Weights, x: np.Array, y: np.Array) => lossOf(w, x, y, recipe))
    const [value, gradients] = loss(tree.ref(state.weights), x, y)
    return [value, updated(state, clipped(gradients, training.clip), training)]
  })
  let state = initialState(loadWeights(weights))
  const next = cycle(batches.map(ids => toBatch(ids, recipe)))
  const shape = [recipe.batch, recipe.context]
  const advance = async (): Promise<number> => {
    const { x, y } = next()
    const [loss, after] = step(state, np.array(x).reshape(shape), np.array(y).reshape(shape))
    state = after
    return (await loss.data())[0]! // each step: what is not waited for piles up and slows the next ones down
  }
  const check = [await advance(), await advance(), await advance()]
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await advance()
  }
  return { check, run }
}
