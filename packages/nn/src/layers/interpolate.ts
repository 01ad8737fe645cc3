import { ArgumentError, ShapeError, tensor, type Tensor } from '@wids/tensor'
import { checkTensors, naming } from '@wids/tensor/graph'
import { Module } from '../module/module.ts'

/** Options of {@link interpolate}. */
export interface InterpolateOptions {
  /** [height', width'], or one size for both. This or `scaleFactor`. */
  readonly size?: number | readonly [number, number] | undefined
  /** Output size in units of the input's, rounded down; one factor or one for each axis. */
  readonly scaleFactor?: number | readonly [number, number] | undefined
  /** Whether an output is its nearest input, or between its four neighbours. Default 'nearest'. */
  readonly mode?: 'nearest' | 'bilinear' | undefined
  /** For 'bilinear': whether corner elements lie on corner elements, rather than corners on corners. Default false. */
  readonly alignCorners?: boolean | undefined
}

/**
 * An image of another size (`torch.nn.functional.interpolate`): each output is the input at the place it has in it, the
 * nearest (to the left) or between two neighbours along each axis.
 *
 * @param x [batch, channels, height, width]
 * @returns [batch, channels, height', width']
 * @throws ShapeError for another rank, ArgumentError unless either size or scale are given and positive
 * @example
 * interpolate(randn([1, 3, 8, 8]), { scaleFactor: 2, mode: 'bilinear' }).shape   // [1, 3, 16, 16]
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkTensors('interpolate', { x })
  if (x.rank !== 4)
    throw new ShapeError('interpolate', `[batch, channels, height, width] is needed, got [${x.shape.join(', ')}]`, [
      x.shape,
    ])
  return [0, 1].reduce((t, i) => {
    const n = x.shape[2 + i]!
    const { out, ratio } = target(n, i, options)
    if (out === n && ratio === 1) return t
    return options.mode === 'bilinear'
      ? between(t, 2 + i, places(n, out, ratio, options.alignCorners ?? false))
      : nearest(t, 2 + i, out, ratio)
  }, x)
}

/** The size of an axis, and how many inputs an output is wide. */
function target(
  n: number,
  axis: number,
  { size, scaleFactor }: InterpolateOptions,
): { readonly out: number; readonly ratio: number } {
  const pick = (value: number | readonly [number, number]): number => (typeof value === 'number' ? value : value[axis]!)
  if ((size === undefined) === (scaleFactor === undefined))
    throw new ArgumentError('interpolate', 'either size or scaleFactor is needed')
  const out = size === undefined ? Math.floor(n * pick(scaleFactor!)) : pick(size)
  if (!Number.isSafeInteger(out) || out < 1)
    throw new ArgumentError('interpolate', `output sizes are positive integers, got ${out}`)
  return { out, ratio: size === undefined ? 1 / pick(scaleFactor!) : n / out }
}

/** x[⌊i · ratio⌋] */
function nearest(x: Tensor, axis: number, out: number, ratio: number): Tensor {
  const n = x.shape[axis]!
  if (out % n === 0 && ratio * out === n) {
    const repeated = x.unsqueeze(axis + 1).expand(x.shape.toSpliced(axis + 1, 0, out / n)) // [..., n, out / n, ...]
    return repeated.flatten(axis, axis + 1)
  }
  const index = Int32Array.from({ length: out }, (_, i) => Math.min(Math.floor(i * ratio), n - 1))
  return x.indexSelect(axis, tensor(index))
}

/** Where outputs lie in the input, from 0 to n − 1. */
function places(n: number, out: number, ratio: number, alignCorners: boolean): number[] {
  const step = alignCorners ? (out > 1 ? (n - 1) / (out - 1) : 0) : ratio
  const at = (i: number): number => (alignCorners ? i * step : Math.max((i + 0.5) * step - 0.5, 0))
  return Array.from({ length: out }, (_, i) => Math.min(at(i), n - 1))
}

/** (1 − t) · x[⌊p⌋] + t · x[⌊p⌋ + 1], t = p − ⌊p⌋ */
function between(x: Tensor, axis: number, positions: readonly number[]): Tensor {
  const last = x.shape[axis]! - 1
  const left = Int32Array.from(positions, Math.floor)
  const right = left.map(at => Math.min(at + 1, last))
  const share = tensor(
    positions.map((p, i) => p - left[i]!),
    { dtype: x.dtype },
  ).reshape([positions.length, ...x.shape.slice(axis + 1).map(() => 1)])
  const near = x.indexSelect(axis, tensor(left))
  const far = x.indexSelect(axis, tensor(right))
  return near.mul(share.neg().add(1)).add(far.mul(share))
}

/**
 * `interpolate` as a module (`torch.nn.Upsample`).
 *
 * @example
 * new Upsample({ scaleFactor: 2 }).forward(randn([1, 3, 8, 8])).shape   // [1, 3, 16, 16]
 */
export class Upsample extends Module {
  /** As given. */
  readonly options: InterpolateOptions

  constructor(options: InterpolateOptions) {
    super()
    this.options = options
  }

  /**
   * [batch, channels, height, width] to [batch, channels, height', width'].
   *
   * @throws ShapeError for another rank, ArgumentError unless either size or scale are given and positive
   */
  forward(x: Tensor): Tensor {
    return naming('Upsample', () => interpolate(x, this.options))
  }
}
