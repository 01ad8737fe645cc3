import { cycle, toBatch, type Batch } from '../../batches.ts'
import type { Prepared, TrainTask } from '../../tasks.ts'
import type { Recipe, Training } from '../../workloads.ts'
import { fastOps } from './operations.ts'
import { loadTf, type Tf } from './load.ts'
import { loadVariables, type Variables } from './weights.ts'

/** The loss of a batch. */
function lossFunction(tf: typeof Tf, w: Variables, recipe: Recipe): (batch: Batch) => Tf.Scalar {
  const { layers, heads, width, context, vocabulary, batch } = recipe
  const { linear, matmul, batchMatmul, normalize, scaled, gelu } = fastOps(tf)
  const [rows, head] = [batch * context, width / heads]
  const future = tf.linalg
    .bandPart(tf.ones([context, context]), -1, 0)
    .sub(1)
    .mul(1e9) // 0 or −10⁹
  const apply = (name: string, x: Tf.Tensor): Tf.Tensor2D => linear(x, w[`${name}.weight`]!, w[`${name}.bias`]!)
  const norm = (name: string, x: Tf.Tensor): Tf.Tensor2D =>
    scaled(normalize(x), w[`${name}.weight`]!, w[`${name}.bias`]!)
  const byHead = (x: Tf.Tensor): Tf.Tensor =>
    tf.transpose(x.reshape([batch, context, heads, head]), [0, 2, 1, 3]).reshape([batch * heads, context, head])
  const attention = (name: string, x: Tf.Tensor): Tf.Tensor => {
    const [q, k, v] = tf.split(apply(`${name}.c_attn`, x), 3, 1).map(byHead) as [Tf.Tensor, Tf.Tensor, Tf.Tensor]
    const scores = batchMatmul(q, tf.transpose(k, [0, 2, 1]))
      .mul(1 / Math.sqrt(head))
      .add(future)
    const mixed = batchMatmul(tf.softmax(scores), v).reshape([batch, heads, context, head])
    return apply(`${name}.c_proj`, tf.transpose(mixed, [0, 2, 1, 3]).reshape([rows, width]))
  }
  const oneHot = (ids: Int32Array): Tf.Tensor => tf.oneHot(tf.tensor1d(ids, 'int32'), vocabulary).toFloat()
  return ({ x, y }) => {
    const tokens = matmul(oneHot(x), w['wte.weight']!).reshape([batch, context, width])
    let h: Tf.Tensor = tokens.add(w['wpe.weight']!).reshape([rows, width])
    for (let i = 0; i < layers; i++) {
      h = h.add(attention(`h.${i}.attn`, norm(`h.${i}.ln_1`, h)))
      h = h.add(apply(`h.${i}.mlp.c_proj`, gelu(apply(`h.${i}.mlp.c_fc`, norm(`h.${i}.ln_2`, h)))))
    }
    const logits = matmul(norm('ln_f', h), tf.transpose(w['wte.weight']!))
    return tf.logSoftmax(logits).mul(oneHot(y)).sum(-1).mean().neg() as Tf.Scalar
  }
}

/** AdamW (Loshchilov & Hutter, 2019), as `torch.optim.AdamW`, after clipping the norm of all gradients. */
function optimizer(tf: typeof Tf, w: Variables, training: Training): (gradients: Tf.NamedTensorMap) => void {
  const { lr, beta1, beta2, eps, weightDecay, clip } = training
  const zeros = (): Variables =>
    Object.fromEntries(Object.entries(w).map(([name, v]) => [name, tf.variable(tf.zerosLike(v), false)]))
  const [mean, square] = [zeros(), zeros()]
  let steps = 0
  return gradients => {
    steps++
    const [rate, correction] = [lr / (1 - beta1 ** steps), 1 / Math.sqrt(1 - beta2 ** steps)]
    const norm = tf.sqrt(tf.addN(Object.values(gradients).map(g => g.square().sum())))
    const scale = tf.minimum(tf.div(clip, norm.add(1e-6)), 1)
    for (const [name, gradient] of Object.entries(gradients)) {
      const g = gradient.mul(scale)
      const [value, m, v] = [w[name]!, mean[name]!, square[name]!]
      m.assign(m.mul(beta1).add(g.mul(1 - beta1)))
      v.assign(v.mul(beta2).add(g.square().mul(1 - beta2)))
      const kept = value.rank >= 2 ? value.mul(1 - lr * weightDecay) : value
      value.assign(kept.sub(m.mul(rate).div(v.sqrt().mul(correction).add(eps))))
    }
  }
}

async function prepare(task: TrainTask, backend: string): Promise<Prepared> {
  const tf = await loadTf(backend)
  const weights = loadVariables(tf, task.weights)
  const loss = lossFunction(tf, weights, task.recipe)
  const update = optimizer(tf, weights, task.training)
  const next = cycle(task.batches.map(ids => toBatch(ids, task.recipe)))
  const advance = (): Tf.Scalar =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(next()))
      update(grads)
      return value
    })
  const read = async (value: Tf.Scalar): Promise<number> => {
    const [number] = await value.data()
    value.dispose()
    return number!
  }
  const check: number[] = []
  for (let i = 0; i < 3; i++) check.push(await read(advance()))
  const run = async (count: number): Promise<void> => {
    for (let i = 1; i < count; i++) advance().dispose()
    await read(advance())
  }
  return { check, run }
}

export const prepareWasm = (task: TrainTask): Promise<Prepared> => prepare(task, 'wasm')
export const prepareCpu = (task: TrainTask): Promise<Prepared> => prepare(task, 'cpu')
