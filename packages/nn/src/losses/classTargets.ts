import { arange, DTypeError, isFloat, ShapeError, Tensor, tensor, where } from '@wids/tensor'

/** What the examples should be. */
export interface Aim {
  /** [batch, classes, ...] how much of an example belongs to each class. */
  readonly shares: Tensor
  /** [batch, 1, ...] whether an example counts. */
  readonly counted: Tensor
  /** [batch, 1, ...] whether its target is a class. */
  readonly valid: Tensor | undefined
  /** What the sum of the losses is divided by. */
  readonly count: Tensor
}

export function towardIndices(
  logits: Tensor,
  target: Tensor,
  axis: number,
  weight: Tensor | undefined,
  ignoreIndex = -100,
): Aim {
  const classes = logits.shape[axis]!
  const index = target.to('i32').unsqueeze(axis) // [batch, 1, ...]
  const hit = index.eq(arange(classes).reshape(alongAxis(logits, axis))) // [batch, classes, ...]
  const counted = index.ne(ignoreIndex)
  const valid = index.ge(0).and(index.lt(classes)).or(counted.logicalNot())
  const shares = hit.to(logits.dtype)
  const count = weight === undefined ? counted.to(logits.dtype).sum() : where(counted, shares.mul(weight), 0).sum()
  return { shares, counted, valid, count }
}

/** @throws ShapeError unless targets are class indices [batch, ...] or, if they are real, as the scores */
export function checkTarget(operation: string, logits: Tensor, target: Tensor, axis: number): void {
  if (!isFloat(logits.dtype)) throw new DTypeError(operation, `logits are real, got ${logits.dtype}`)
  const expected = isFloat(target.dtype) ? logits.shape : logits.shape.toSpliced(axis, 1)
  if (logits.rank > 0 && String(target.shape) === String(expected)) return
  throw new ShapeError(
    operation,
    `logits are [batch, classes, ...] and ${target.dtype} targets ${isFloat(target.dtype) ? 'the same' : '[batch, ...]'}, ` +
      `got [${logits.shape.join(', ')}] and [${target.shape.join(', ')}]; join leading axes with .flatten(0, 1)`,
    [logits.shape, target.shape],
  )
}

/** Class weights, checked, in a shape that broadcasts with the logits. */
export function weightOf(
  operation: string,
  logits: Tensor,
  axis: number,
  weight: Tensor | readonly number[] | undefined,
): Tensor | undefined {
  if (weight === undefined) return undefined
  const factors = weight instanceof Tensor ? weight : tensor(weight, { dtype: logits.dtype })
  if (factors.rank !== 1 || factors.size !== logits.shape[axis])
    throw new ShapeError(
      operation,
      `weight has one factor for each of ${logits.shape[axis]} classes, got [${factors.shape.join(', ')}]`,
      [factors.shape],
    )
  return factors.to(logits.dtype).reshape(alongAxis(logits, axis))
}

const alongAxis = ({ shape }: Tensor, axis: number): number[] => shape.map((n, i) => (i === axis ? n : 1))
