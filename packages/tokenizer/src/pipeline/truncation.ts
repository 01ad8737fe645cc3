import { ArgumentError } from '../errors.ts'

/** How long encodings are cut. */
export interface Truncation {
  /** Most tokens of an encoding, with those of the template. */
  readonly maxLength: number
  /** How many tokens the parts that are cut off share with the part before. Default 0. */
  readonly stride?: number
  /** Which end is cut off. Default `right`. */
  readonly side?: 'left' | 'right'
  /** Which text of a pair is cut. Default `longestFirst`. */
  readonly strategy?: 'longestFirst' | 'onlyFirst' | 'onlySecond'
}

/** Token ranges `[start, end)` of at most `length` tokens that cover `count` tokens; the first one is to be kept. */
export function truncationRanges(
  count: number,
  length: number,
  stride: number,
  side: 'left' | 'right',
): [number, number][] {
  if (count <= length) return [[0, count]]
  if (length === 0)
    return [
      [0, 0],
      [0, count],
    ]
  if (stride >= length)
    throw new ArgumentError(
      `truncation: stride must be less than the ${length} tokens a part can hold, got ${stride}`,
      'stride',
    )
  const ranges: [number, number][] = []
  const step = length - stride
  if (side === 'right') {
    for (let start = 0; ; start += step) {
      const end = Math.min(start + length, count)
      ranges.push([start, end])
      if (end === count) return ranges
    }
  }
  for (let end = count; ; end -= step) {
    const start = Math.max(0, end - length)
    ranges.push([start, end])
    if (start === 0) return ranges
  }
}

/** How many tokens each of one or two texts keeps so that together they have at most `most`. */
export function keptLengths(
  counts: readonly number[],
  most: number,
  strategy: Truncation['strategy'] = 'longestFirst',
): number[] {
  const [first = 0, second] = counts
  const excess = first + (second ?? 0) - most
  if (excess <= 0) return [...counts]
  if (strategy === 'onlyFirst') return [shorten(first, excess, 'first'), ...counts.slice(1)]
  if (strategy === 'onlySecond') return [first, shorten(second, excess, 'second')]
  if (second === undefined) return [most]
  // The longer text gives until both are equally long; then they share.
  const shorter = Math.min(first, second)
  let longer = shorter > most ? shorter : Math.max(shorter, most - shorter)
  let rest = shorter
  if (rest + longer > most) {
    rest = Math.floor(most / 2)
    longer = rest + (most % 2)
  }
  return first > second ? [longer, rest] : [rest, longer]
}

function shorten(length: number | undefined, excess: number, which: string): number {
  if (length !== undefined && excess < length) return length - excess
  throw new ArgumentError(
    `truncation: cutting only the ${which} text cannot remove ${excess} tokens, ` +
      `${length === undefined ? 'there is none' : `it has ${length}`}; use longestFirst`,
    'strategy',
  )
}
