import { isFloat } from '../dtype.ts'
import { DTypeError, ShapeError } from '../errors.ts'
import * as build from '../graph/build.ts'
import { customGradient } from '../graph/customGradient.ts'
import type { Reduction } from '../graph/primitives.ts'
import { realOf } from '../handle.ts'
import { normalizeAxes, normalizeAxis, show } from '../shape.ts'
import { Tensor } from '../tensor.ts'
import { where } from './elementwise.ts'

/** One axis or several; negative ones count from the end. */
export type Axes = number | readonly number[]

function reduction(op: Reduction, x: Tensor, axes: Axes | undefined, keepdim: boolean): Tensor {
  const list = normalizeAxes(op, axes, x.rank)
  const node = build.reduction(op, x.node, list)
  return new Tensor(
    keepdim
      ? node
      : build.reshape(
          node,
          x.shape.filter((_, i) => !list.includes(i)),
        ),
  )
}

/** Number of elements that go into one result. */
const countOf = (x: Tensor, axes: Axes | undefined): number =>
  normalizeAxes('mean', axes, x.rank).reduce((n, axis) => n * x.shape[axis]!, 1)

const integersFrom = (x: Tensor): Tensor => (x.dtype === 'bool' || x.dtype === 'i8' ? x.to('i32') : x)

export const sum = (x: Tensor, axes?: Axes, keepdim = false): Tensor => reduction('sum', integersFrom(x), axes, keepdim)
export const prod = (x: Tensor, axes?: Axes, keepdim = false): Tensor =>
  reduction('prod', integersFrom(x), axes, keepdim)

export function max(x: Tensor, axes?: Axes, keepdim = false): Tensor {
  if (countOf(x, axes) === 0)
    throw new ShapeError('max', `the axes to reduce in ${show(x.shape)} are empty, and an empty set has no maximum`, [
      x.shape,
    ])
  return x.dtype === 'bool' ? any(x, axes, keepdim) : reduction('reduceMax', x, axes, keepdim)
}

export function min(x: Tensor, axes?: Axes, keepdim = false): Tensor {
  if (x.dtype === 'bool') return all(x, axes, keepdim)
  // ~x turns the order of integers round without overflow, as −x does that of reals.
  const reversed = (t: Tensor): Tensor => (isFloat(t.dtype) ? t.neg() : t.xor(t.dtype === 'u32' ? 0xffffffff : -1))
  return reversed(max(reversed(x), axes, keepdim))
}

export function mean(x: Tensor, axes?: Axes, keepdim = false): Tensor {
  const real = x.to(realOf(x.dtype))
  return sum(real, axes, keepdim).mul(1 / countOf(x, axes))
}

/** Σ(x − mean)² / (n − correction), in two passes for accuracy */
export function variance(x: Tensor, axes?: Axes, keepdim = false, correction = 1): Tensor {
  const centred = x.sub(mean(x, axes, true))
  return sum(centred.mul(centred), axes, keepdim).div(Math.max(0, countOf(x, axes) - correction))
}

/** The largest value, −∞ of nothing, as a constant: what exponents are shifted by, which changes no result. */
export const shiftOf = (x: Tensor, axes?: Axes): Tensor => reduction('reduceMax', x, axes, true).detach()

/** √Σx² */
export const norm = (x: Tensor, axes?: Axes, keepdim = false): Tensor => root(sum(x.mul(x), axes, keepdim))
export const std = (x: Tensor, axes?: Axes, keepdim = false, correction = 1): Tensor =>
  root(variance(x, axes, keepdim, correction))

/** y = √x with gradient g / 2y, but 0 where y is 0: there a norm has many subgradients, and 0 is PyTorch's. */
const root = (x: Tensor): Tensor =>
  customGradient([x], x.sqrt(), (g, y) => [where(y.eq(0), 0, g.div(where(y.eq(0), 1, y.mul(2))))])

/** log Σ eˣ, shifted by the maximum (where that is finite) so that nothing overflows */
export function logsumexp(x: Tensor, axes?: Axes, keepdim = false): Tensor {
  const real = x.to(realOf(x.dtype))
  const top = shiftOf(real, axes)
  const shift = where(top.isFinite(), top, 0)
  const result = sum(real.sub(shift).exp(), axes, true).log().add(shift)
  if (keepdim) return result
  const list = normalizeAxes('logsumexp', axes, x.rank)
  return result.reshape(x.shape.filter((_, i) => !list.includes(i)))
}

export const any = (x: Tensor, axes?: Axes, keepdim = false): Tensor =>
  reduction('sum', x.to('bool').to('i32'), axes, keepdim).ne(0)
export const all = (x: Tensor, axes?: Axes, keepdim = false): Tensor =>
  reduction('sum', x.to('bool').logicalNot().to('i32'), axes, keepdim).eq(0)

export function argmax(x: Tensor, axis?: number, keepdim = false): Tensor {
  if (axis === undefined)
    return new Tensor(
      build.reshape(build.argmax(build.reshape(x.node, [x.size]), 0), keepdim ? x.shape.map(() => 1) : []),
    )
  const at = normalizeAxis('argmax', axis, x.rank)
  const node = build.argmax(x.node, at)
  return new Tensor(keepdim ? node : build.reshape(node, x.shape.toSpliced(at, 1)))
}

export const cumsum = (x: Tensor, axis: number): Tensor =>
  new Tensor(build.cumsum(integersFrom(x).node, normalizeAxis('cumsum', axis, x.rank)))

/**
 * x̂ = (x − mean) / √(var + eps) over the last axis, with gradient (g − mean(g) − x̂·mean(g·x̂)) / √(var + eps)
 * (Ba, Kiros & Hinton, "Layer normalization", 2016).
 */
export function normalize(x: Tensor, eps = 1e-5): Tensor {
  if (!isFloat(x.dtype)) throw new DTypeError('normalize', `a real tensor is needed, got ${x.dtype}`)
  const centred = x.sub(mean(x, -1, true))
  const scale = mean(centred.mul(centred), -1, true).add(eps).rsqrt()
  return customGradient([x], centred.mul(scale), g => {
    const scaled = x.sub(mean(x, -1, true)).mul(scale)
    return [
      g
        .sub(mean(g, -1, true))
        .sub(scaled.mul(mean(g.mul(scaled), -1, true)))
        .mul(scale),
    ]
  })
}
