const twoOverRootPi = 2 / Math.sqrt(Math.PI)

/** The error function 2/√π ∫₀ˣ exp(−t²) dt to about double precision; formulas of Abramowitz and Stegun, chapter 7. */
export function erf(x: number): number {
  const size = Math.abs(x)
  if (size < 2) return series(x)
  return Math.sign(x) * (1 - complement(size))
}

/** 7.1.6: 2/√π exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), whose terms have one sign, so that nothing cancels. */
function series(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return twoOverRootPi * Math.exp(-x * x) * sum
}

/** 7.1.14: erfc x = exp(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + 2/(x + …))))), evaluated from the inside, for x ≥ 2. */
function complement(x: number): number {
  let fraction = x
  for (let n = 60; n >= 1; n--) fraction = x + n / 2 / fraction
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction
}
