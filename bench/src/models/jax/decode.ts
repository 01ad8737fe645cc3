import { jit, nn, numpy as np, tree } from '@jax-js/jax'
import type { DecodeTask, Prepared } from '../../tasks.ts'
import type { GptSizes } from '../../workloads.ts'
import { head, kept, layerNorm, linear, loadWeights, mlp, type Weights } from './layers.ts'

/** Keys and values of each layer: [context, heads, width / heads] */
type Cache = { key: np.Array; value: np.Array }[]
/** Logits [vocabulary], the likeliest token and the cache with this one. */
type Result = { logits: np.Array; token: np.Array; cache: Cache }

/** Reads the token at a position: i32 [] each. */
function extend(w: Weights, cache: Cache, token: np.Array, at: np.Array, sizes: GptSizes): Result {
  const { layers, heads, width, context } = sizes
  const places = np.arange(context)
  const here = places.ref.equal(at.ref).reshape([context, 1, 1])
  const seen = places.lessEqual(at.ref).reshape([1, 1, context])
  const next: Cache = []
  let h = np
    .take(kept(w, 'wte.weight'), token, 0)
    .add(np.take(kept(w, 'wpe.weight'), at, 0))
    .reshape([1, width])
  for (let i = 0; i < layers; i++) {
    const qkv = linear(layerNorm(h.ref, w, `h.${i}.ln_1`), w, `h.${i}.attn.c_attn`)
    const [q, k, v] = np.split(qkv, 3, -1).map(part => part.reshape([1, heads, width / heads]))
    const key = np.where(here.ref, k!, cache[i]!.key)
    const value = np.where(here.ref, v!, cache[i]!.value)
    const mixed = nn.dotProductAttention(q!, key.ref, value.ref, { mask: seen.ref }).reshape([1, width])
    h = h.add(linear(mixed, w, `h.${i}.attn.c_proj`))
    h = h.ref.add(mlp(layerNorm(h, w, `h.${i}.ln_2`), w, `h.${i}.mlp`))
    next.push({ key, value })
  }
  const logits = head(h, w).reshape([sizes.vocabulary])
  tree.dispose([here, seen])
  tree.dispose(w)
  return { logits: logits.ref, token: np.argmax(logits), cache: next }
}

/** One jitted step a token; the cache has a fixed size, since jax-js has no update of a slice. */
export async function prepare({ sizes, weights, tokens, forced }: DecodeTask): Promise<Prepared> {
  const w = loadWeights(weights)
  const step = jit((w: Weights, cache: Cache, token: np.Array, at: np.Array) => extend(w, cache, token, at, sizes))
  const scalar = (value: number): np.Array => np.array(new Int32Array([value])).reshape([])
  const shape = [sizes.context, sizes.heads, sizes.width / sizes.heads]
  const emptyCache = (): Cache =>
    Array.from({ length: sizes.layers }, () => ({ key: np.zeros(shape), value: np.zeros(shape) }))
  const read = (cache: Cache, token: number, at: number): Result => step(tree.ref(w), cache, scalar(token), scalar(at))

  let cache = emptyCache()
  let check: number[] = []
  for (const [at, id] of forced.entries()) {
    const result = read(cache, id, at)
    cache = result.cache
    result.token.dispose()
    check = Array.from(await result.logits.data())
  }
  tree.dispose(cache)
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      let [cache, token] = [emptyCache(), forced[0]!]
      for (let at = 0; at < tokens; at++) {
        const result = read(cache, token, at)
        result.logits.dispose()
        token = (await result.token.data())[0]!
        cache = result.cache
      }
      tree.dispose(cache)
    }
  }
  await run(1)
  return { check, run }
}
