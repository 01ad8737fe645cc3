import type { Tensor } from '@wids/tensor'

/** Weights of one layer in one direction. */
export interface CellWeights {
  readonly inputs: Tensor // [gates · hidden, in]
  readonly hidden: Tensor // [gates · hidden, out]
  readonly inputBias: Tensor | undefined // [gates · hidden]
  readonly hiddenBias: Tensor | undefined // [gates · hidden]
  /** Makes the output of an LSTM smaller than its cell. */
  readonly projection: Tensor | undefined // [out, hidden]
}

/** Tensors [batch, hidden] that go from one time to the next; the first is the output, [batch, out]. */
export type CellState = readonly Tensor[]

/** One time step: x is W x + b, made for all times at once, h is W h + b. */
export type Cell = (x: Tensor, h: Tensor, state: CellState) => CellState

const gatesOf = (x: Tensor, count: number): Tensor[] => x.chunk(count, -1)

/** h' = tanh(x + h), or ReLU of it (Elman, 1990) */
export const elman =
  (nonlinearity: 'tanh' | 'relu'): Cell =>
  (x, h) => [nonlinearity === 'tanh' ? x.add(h).tanh() : x.add(h).relu()]

/** i, f, o = σ(x + h); g = tanh(x + h); c' = f·c + i·g; h' = o·tanh(c') (Hochreiter & Schmidhuber, 1997) */
export const longShortTerm: Cell = (x, h, [, c]) => {
  const [i, f, g, o] = gatesOf(x.add(h), 4) as [Tensor, Tensor, Tensor, Tensor]
  const next = f.sigmoid().mul(c!).add(i.sigmoid().mul(g.tanh()))
  return [o.sigmoid().mul(next.tanh()), next]
}

/** r, z = σ(x + h); n = tanh(x + r·h); h' = (1 − z)·n + z·h (Cho et al., 2014) */
export const gated: Cell = (x, h, [before]) => {
  const [xr, xz, xn] = gatesOf(x, 3) as [Tensor, Tensor, Tensor]
  const [hr, hz, hn] = gatesOf(h, 3) as [Tensor, Tensor, Tensor]
  const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh()
  const z = xz.add(hz).sigmoid()
  return [n.add(z.mul(before!.sub(n)))]
}

/** h' = W h, where a layer has such a W (Sak et al., 2014) */
export function projected([h, ...rest]: CellState, { projection }: CellWeights): CellState {
  return projection === undefined ? [h!, ...rest] : [affine(h!, projection, undefined), ...rest]
}

/** W x + b over the last axis */
export function affine(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor {
  const product = x.matmul(weight.transpose())
  return bias === undefined ? product : product.add(bias)
}
