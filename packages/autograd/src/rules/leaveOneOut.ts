import type { Tensor } from '@wids/tensor'

/** For each element, the product of all others along the axes: those before it times those behind it. */
export function leaveOneOut(x: Tensor, axes: readonly number[]): Tensor {
  if (x.size === 0) return x
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]))
  const order = [...kept, ...axes]
  const moved = x.permute(order)
  const count = axes.reduce((n, axis) => n * x.shape[axis]!, 1)
  const rows = moved.reshape([...kept.map(axis => x.shape[axis]!), count]) // [kept…, count]
  const others = before(rows).mul(before(rows.flip(-1)).flip(-1))
  return others.reshape(moved.shape).permute(order.map((_, axis) => order.indexOf(axis)))
}

/**
 * Products of the elements before each on the last axis, in log₂ n steps: multiplied with itself shifted by 1, 2, 4, …,
 * a row of x becomes products of its last 2, 4, 8, … elements (Hillis & Steele, 1986).
 */
function before(x: Tensor): Tensor {
  let products = shift(x, 1)
  for (let by = 1; by < x.shape.at(-1)!; by *= 2) products = products.mul(shift(products, by))
  return products
}

/** The last axis moved up, with ones coming in. */
const shift = (x: Tensor, by: number): Tensor => x.pad([[by, -by]], 1)
