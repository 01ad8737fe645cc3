import { nn, numpy as np } from '@jax-js/jax'
import type { StoredTensors } from '../../tasks.ts'
import { load, transposed } from '../../weights.ts'

// An array belongs to the function it is passed to; `.ref` keeps it for another use.

export type Weights = Record<string, np.Array>

/** Weights as they run fastest: those of linear layers as [in, out]. */
export const loadWeights = (stored: StoredTensors): Weights =>
  Object.fromEntries(
    Object.entries(load(stored)).map(([name, tensor]) => {
      const linear = name.startsWith('h.') && tensor.shape.length === 2
      const { shape, data } = linear ? transposed(tensor) : tensor
      return [name, np.array(data).reshape([...shape])]
    }),
  )

/** A weight that is used again. */
export const kept = (w: Weights, name: string): np.Array => w[name]!.ref

export const linear = (x: np.Array, w: Weights, name: string): np.Array =>
  np.matmul(x, kept(w, `${name}.weight`)).add(kept(w, `${name}.bias`))

export const layerNorm = (x: np.Array, w: Weights, name: string): np.Array =>
  nn
    .standardize(x)
    .mul(kept(w, `${name}.weight`))
    .add(kept(w, `${name}.bias`))

/** The feed-forward network of a block. */
export const mlp = (x: np.Array, w: Weights, name: string): np.Array =>
  linear(nn.gelu(linear(x, w, `${name}.c_fc`), { approximate: true }), w, `${name}.c_proj`)

/** Logits of the residual stream, by the token embedding. */
export const head = (x: np.Array, w: Weights): np.Array =>
  np.matmul(layerNorm(x, w, 'ln_f'), np.transpose(kept(w, 'wte.weight')))
