/** How far a number may lie from the expected one: |actual − expected| ≤ atol + rtol · |expected|. */
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
}

/**
 * Conventions. `rounded`: both sides compute in f32 and differ in the order or number of roundings. `gradient`: the same
 * through a backward pass. `accumulated`: after many steps or layers. `double`: f64 on both sides. `exact`: equal.
 */
export const tolerances = {
  exact: { rtol: 0, atol: 0 },
  double: { rtol: 1e-10, atol: 1e-12 },
  rounded: { rtol: 1e-5, atol: 1e-6 },
  gradient: { rtol: 1e-4, atol: 1e-5 },
  accumulated: { rtol: 1e-3, atol: 1e-4 },
} as const satisfies Record<string, Tolerance>

/** By how much the difference exceeds what is allowed; NaN is equal to NaN, and infinities to themselves. */
function excess(actual: number, expected: number, { rtol, atol }: Tolerance): number {
  if (Object.is(actual, expected) || actual === expected) return 0
  const difference = Math.abs(actual - expected)
  if (!Number.isFinite(difference)) return Infinity
  return Math.max(0, difference - atol - rtol * Math.abs(expected))
}

/**
 * Fails unless all numbers are close; the message names the element that is furthest off.
 *
 * @example
 * expectClose(await y.data(), golden.data, tolerances.rounded, 'softmax')
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = tolerances.rounded,
  name = 'values',
): void {
  if (actual.length !== expected.length)
    throw new Error(`${name}: ${actual.length} elements, expected ${expected.length}`)
  let worst = -1
  let most = 0
  let wrong = 0
  for (let i = 0; i < expected.length; i++) {
    const over = excess(actual[i]!, expected[i]!, tolerance)
    if (over === 0) continue
    wrong++
    if (over > most) [worst, most] = [i, over]
  }
  if (wrong === 0) return
  const { rtol, atol } = tolerance
  throw new Error(
    `${name}: element ${worst} is ${actual[worst]}, expected ${expected[worst]} ` +
      `(rtol ${rtol}, atol ${atol}; ${wrong} of ${expected.length} elements differ)`,
  )
}
