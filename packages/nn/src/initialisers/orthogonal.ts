import { ArgumentError, randn, type RandomOptions, type Shape, type Tensor } from '@wids/tensor'

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions extends RandomOptions {
  /** Factor of the whole, see `calculateGain`. Default 1. */
  readonly gain?: number | undefined
}

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al., 2014; `torch.nn.init.orthogonal_`);
 * axes behind the second count as columns. It is the orthogonal factor of a normal matrix, which is distributed evenly,
 * found by Newton's iteration (Björck & Bowie, 1971).
 *
 * @throws ArgumentError for fewer than two axes
 * @example
 * const q = orthogonal([3, 3])
 * q.matmul(q.transpose())   // the identity
 */
export function orthogonal(shape: Shape, { gain = 1, ...random }: OrthogonalOptions = {}): Tensor {
  const [rows, ...others] = shape
  if (rows === undefined || others.length === 0) throw new ArgumentError('orthogonal', 'at least two axes are needed')
  const columns = others.reduce((n, size) => n * size, 1)
  if (rows * columns === 0) return randn(shape, random)
  const [few, many] = [Math.min(rows, columns), Math.max(rows, columns)]
  const wide = orthonormalRows(randn([few, many], random)) // [few, many]
  return (rows > columns ? wide.transpose() : wide).mul(gain).reshape(shape)
}

/** X ← 3/2 X − 1/2 XXᵀX brings all singular values between 0 and √3 to 1; those of X / ‖X‖ lie below 1. */
function orthonormalRows(x: Tensor): Tensor {
  let q = x.div(x.norm())
  for (let i = iterations(x.shape[0]!); i > 0; i--) {
    q = q.mul(1.5).sub(q.matmul(q.transpose()).matmul(q).mul(0.5))
  }
  return q
}

/**
 * Small singular values grow by 3/2 each time. That the smallest of a square normal matrix lies below 1e-3 / √n is as
 * unlikely as 1 in 1000, and the norm is near n; the last iterations double the digits.
 */
const iterations = (n: number): number => Math.ceil(Math.log(1e3 * n ** 1.5) / Math.log(1.5)) + 6
