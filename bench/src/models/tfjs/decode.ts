import type { DecodeTask, Prepared } from '../../tasks.ts'
import type { GptSizes } from '../../workloads.ts'
import { loadTf, type Tf } from './load.ts'
import { fastOps } from './operations.ts'
import { loadVariables, type Variables } from './weights.ts'

/** Keys and values of each layer so far: [heads, time, width / heads] */
type Cache = { readonly key: Tf.Tensor; readonly value: Tf.Tensor }[]
interface Result {
  readonly logits: Tf.Tensor
  readonly cache: Cache
}

/** A function that reads the next token. */
function reader(tf: typeof Tf, w: Variables, sizes: GptSizes): (cache: Cache, token: number, at: number) => Result {
  const { normalize, gelu } = fastOps(tf)
  const { layers, heads, width } = sizes
  const head = width / heads
  const one = (name: string, index: number): Tf.Tensor => tf.gather(w[name]!, tf.tensor1d([index], 'int32'))
  const apply = (name: string, x: Tf.Tensor): Tf.Tensor =>
    tf.matMul(x, w[`${name}.weight`]! as Tf.Tensor).add(w[`${name}.bias`]!)
  const norm = (name: string, x: Tf.Tensor): Tf.Tensor => normalize(x).mul(w[`${name}.weight`]!).add(w[`${name}.bias`]!)
  return (cache, token, at) => {
    const next: Cache = []
    let h = one('wte.weight', token).add(one('wpe.weight', at))
    for (let i = 0; i < layers; i++) {
      const qkv = tf.split(apply(`h.${i}.attn.c_attn`, norm(`h.${i}.ln_1`, h)), 3, 1)
      const [q, k, v] = qkv.map(part => part.reshape([heads, 1, head])) as [Tf.Tensor, Tf.Tensor, Tf.Tensor]
      const past = cache[i]
      const key = past === undefined ? k : tf.concat([past.key, k], 1)
      const value = past === undefined ? v : tf.concat([past.value, v], 1)
      const scores = tf.matMul(q, key, false, true).mul(1 / Math.sqrt(head)) // [heads, 1, time]
      const mixed = tf.matMul(tf.softmax(scores), value).reshape([1, width])
      h = h.add(apply(`h.${i}.attn.c_proj`, mixed))
      h = h.add(apply(`h.${i}.mlp.c_proj`, gelu(apply(`h.${i}.mlp.c_fc`, norm(`h.${i}.ln_2`, h)))))
      next.push({ key, value })
    }
    const logits = tf.matMul(norm('ln_f', h), w['wte.weight']! as Tf.Tensor, false, true).flatten()
    return { logits, cache: next }
  }
}

/** One token after the other without a graph; the cache grows. */
export async function prepareWasm({ sizes, weights, tokens, forced }: DecodeTask): Promise<Prepared> {
  const tf = await loadTf('wasm')
  const read = reader(tf, loadVariables(tf, weights), sizes)
  const generate = async (ids: readonly number[], count: number): Promise<number[]> => {
    let [cache, token]: [Cache, number] = [[], ids[0]!]
    let numbers: number[] = []
    for (let at = 0; at < count; at++) {
      const { logits, cache: next } = tf.tidy(() => read(cache, ids[at] ?? token, at) as never) as Result
      tf.dispose(cache as never)
      cache = next
      const best = logits.argMax()
      token = (await best.data())[0]!
      if (at === count - 1) numbers = Array.from(await logits.data())
      tf.dispose([best, logits])
    }
    tf.dispose(cache as never)
    return numbers
  }
  const check = await generate(forced, forced.length)
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await generate(forced.slice(0, 1), tokens)
  }
  await run(1)
  return { check, run }
}
