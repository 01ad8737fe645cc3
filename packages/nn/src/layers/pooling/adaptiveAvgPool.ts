import { ArgumentError, ShapeError, tensor, type Tensor, where } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../../module/module.ts'

/** A size, or null for that of the input. */
export type AdaptiveSize = number | null

/**
 * Means over as many windows as outputs are wanted: window i of n places covers ⌊i·n/out⌋ … ⌈(i + 1)·n/out⌉
 * (`torch.nn.functional.adaptive_avg_pool2d`).
 *
 * @param x [..., height, width]
 * @param outputSize one size for both axes or [height', width']; null keeps a size
 * @returns [..., height', width']
 * @throws ShapeError for fewer than two axes, ArgumentError for a size that is not positive
 * @example
 * adaptiveAvgPool2d(randn([8, 512, 7, 7]), 1).shape   // [8, 512, 1, 1]
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: AdaptiveSize | readonly [AdaptiveSize, AdaptiveSize]): Tensor {
  checkTensors('adaptiveAvgPool2d', { x })
  const [height, width] = typeof outputSize === 'number' || outputSize === null ? [outputSize, outputSize] : outputSize
  if (x.rank < 3)
    throw new ShapeError('adaptiveAvgPool2d', `[..., channels, height, width] is needed, got [${x.shape.join(', ')}]`, [
      x.shape,
    ])
  return meansAlong(meansAlong(x, x.rank - 2, height), x.rank - 1, width)
}

/** [..., n, ...] → [..., out, ...] */
function meansAlong(x: Tensor, axis: number, size: AdaptiveSize): Tensor {
  const n = x.shape[axis]!
  const out = size ?? n
  if (!Number.isSafeInteger(out) || out < 1)
    throw new ArgumentError('adaptiveAvgPool2d', `an output size is a positive integer or null, got ${out}`)
  if (n === 0) throw new ShapeError('adaptiveAvgPool2d', `axis ${axis} of [${x.shape.join(', ')}] is empty`, [x.shape])
  if (out === n) return x
  if (n % out === 0) return x.reshape(x.shape.toSpliced(axis, 1, out, n / out)).mean(axis + 1)
  return raggedMeans(x, axis, out)
}

/** Windows of different sizes: places are picked by index, as many as the largest has, and masked. */
function raggedMeans(x: Tensor, axis: number, out: number): Tensor {
  const n = x.shape[axis]!
  const starts = Array.from({ length: out }, (_, i) => Math.floor((i * n) / out))
  const sizes = starts.map((start, i) => Math.ceil(((i + 1) * n) / out) - start)
  const widest = Math.max(...sizes)
  const places = Array.from({ length: widest }, (_, k) => k)
  const index = starts.flatMap(start => places.map(k => Math.min(start + k, n - 1)))
  const inside = sizes.flatMap(count => places.map(k => (k < count ? 1 : 0)))
  const behind = x.shape.slice(axis + 1).map(() => 1)
  const picked = x.indexSelect(axis, tensor(Int32Array.from(index), { shape: [out, widest] })) // [..., out, widest, ...]
  const mask = tensor(Int32Array.from(inside), { shape: [out, widest, ...behind] }).to('bool')
  const sums = where(mask, picked, 0).sum(axis + 1)
  return sums.mul(tensor(sizes.map(count => 1 / count)).reshape([out, ...behind])).to(x.dtype)
}

/**
 * `adaptiveAvgPool2d` as a module (`torch.nn.AdaptiveAvgPool2d`).
 *
 * @example
 * new AdaptiveAvgPool2d([3, null]).forward(randn([2, 8, 10, 6])).shape   // [2, 8, 3, 6]
 */
export class AdaptiveAvgPool2d extends Module {
  /** One size for both axes or [rows, columns]; null keeps a size. */
  readonly outputSize: AdaptiveSize | readonly [AdaptiveSize, AdaptiveSize]

  constructor(outputSize: AdaptiveSize | readonly [AdaptiveSize, AdaptiveSize]) {
    super()
    this.outputSize = outputSize
  }

  /**
   * [batch, channels, height, width] to [batch, channels, rows, columns].
   *
   * @throws ShapeError for fewer than two axes, ArgumentError for a size that is not positive
   */
  forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize)
  }
}
