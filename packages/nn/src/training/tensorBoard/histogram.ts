/** How many values lie up to each limit and above the one before it, and the moments of all of them. */
export interface Histogram {
  readonly min: number
  readonly max: number
  readonly num: number
  readonly sum: number
  readonly sumSquares: number
  /** Rising. */
  readonly limits: readonly number[]
  readonly counts: readonly number[]
}

/** TensorFlow's own limits: ±1e-12 times powers of 1.1 up to 1e20, and what lies beyond. */
const limits: readonly number[] = (() => {
  const positive: number[] = []
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit)
  return [...positive.map(limit => -limit).toReversed(), 0, ...positive, Number.MAX_VALUE]
})()

/** The histogram of values; those that are not finite are left out. Runs of empty parts are joined. */
export function histogramOf(values: Iterable<number>): Histogram {
  const all = new Float64Array(limits.length)
  let [min, max, num, sum, sumSquares] = [Infinity, -Infinity, 0, 0, 0]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    all[placeOf(value)]! += 1
    min = Math.min(min, value)
    max = Math.max(max, value)
    num++
    sum += value
    sumSquares += value * value
  }
  if (num === 0) return { min: 0, max: 0, num, sum, sumSquares, limits: [0], counts: [0] }
  const kept = [...limits.keys()].filter(at => all[at]! > 0 || (all[at + 1] ?? 0) > 0)
  return { min, max, num, sum, sumSquares, limits: kept.map(at => limits[at]!), counts: kept.map(at => all[at]!) }
}

/** The first limit that is at least the value, by halving. */
function placeOf(value: number): number {
  let [low, high] = [0, limits.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (limits[middle]! >= value) high = middle
    else low = middle + 1
  }
  return low
}
