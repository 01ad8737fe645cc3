import { ArgumentError, rand, type RandomOptions, type Shape, type Tensor, where } from '@wids/tensor'

/**
 * Normal, but only between two limits (`torch.nn.init.trunc_normal_`): uniform numbers through the inverse of the normal
 * distribution function, between its values at the limits.
 *
 * @param mean of the distribution before it is cut
 * @param std of the distribution before it is cut
 * @throws ArgumentError unless low < high and std > 0
 * @example
 * truncatedNormal([3, 4], 0, 0.02, -0.04, 0.04)
 */
export function truncatedNormal(
  shape: Shape,
  mean = 0,
  std = 1,
  low = -2,
  high = 2,
  options: RandomOptions = {},
): Tensor {
  if (!(low < high) || !(std > 0))
    throw new ArgumentError('truncatedNormal', `low < high and std > 0 are needed, got ${low}, ${high} and ${std}`)
  // x = μ + σ√2 · erf⁻¹(v), with v uniform between erf((a − μ) / σ√2) and erf((b − μ) / σ√2)
  const [from, to] = [low, high].map(limit => erf((limit - mean) / (std * Math.SQRT2))) as [number, number]
  const values = inverseErf(
    rand(shape, { ...options, dtype: 'f32' })
      .mul(to - from)
      .add(from),
  )
  return values
    .mul(std * Math.SQRT2)
    .add(mean)
    .clamp(low, high)
    .to(options.dtype ?? 'f32')
}

/** erf⁻¹ in f32, by Giles ("Approximating the erfinv function", 2012): a polynomial in w = −ln(1 − x²), or in √w far out. */
function inverseErf(x: Tensor): Tensor {
  const w = x.neg().add(1).mul(x.add(1)).log().neg()
  const centre = polynomial(
    w.sub(2.5),
    [
      2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
      0.246640727, 1.50140941,
    ],
  )
  const tail = polynomial(
    w.sqrt().sub(3),
    [
      -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
      1.00167406, 2.83297682,
    ],
  )
  return where(w.lt(5), centre, tail).mul(x)
}

/** Horner's scheme, the highest coefficient first. */
const polynomial = (x: Tensor, [first = 0, second = 0, ...rest]: readonly number[]): Tensor =>
  rest.reduce((sum, coefficient) => sum.mul(x).add(coefficient), x.mul(first).add(second))

/** erf in JavaScript: 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)) (Abramowitz & Stegun, 7.1.6), ±1 from 6 on. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let [term, sum] = [x, x]
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}
