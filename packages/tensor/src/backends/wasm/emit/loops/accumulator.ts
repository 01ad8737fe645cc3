import { i8x16 } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'
import type { Place, VectorAt } from '../values/place.ts'

/** The running result of one reduction over a row. */
export interface Accumulator {
  /** Sets it to the result of nothing. */
  readonly start: () => void
  /** Takes one vector in; `i` is its number at the place. */
  readonly add: (place: Place, x: Vector, vector: VectorAt, i: number) => void
  /** Ends a block of additions. */
  readonly flush: () => void
  /** The result: where lanes are rows a vector of results each, else one, the same in every lane. */
  readonly finish: () => readonly Vector[]
}

/** How many vectors a pass handles at once, and whether their lanes are rows. */
export interface Shape {
  readonly vectors: number
  readonly columns: boolean
}

export type Combine = (a: Vector, b: Vector) => OnStack

/** Combines neighbours until one is left: a tree keeps rounding errors small. */
export function combineAll(code: Code, parts: readonly Vector[], combine: Combine): Vector {
  if (parts.length === 1) return parts[0]!
  const half = parts.length >> 1
  return code.keep(
    combine(combineAll(code, parts.slice(0, half), combine), combineAll(code, parts.slice(half), combine)),
  )
}

const halves = [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]
const neighbours = [4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11]

/** A vector with its halves exchanged, and with the lanes of each half exchanged: combining both ways reaches all lanes. */
export const exchanges: readonly ((x: Vector) => OnStack)[] = [halves, neighbours].map(
  order => (x: Vector) => i8x16.shuffle(order as never, x, x),
)

/** Combines the lanes of a vector, into each of them. */
export const combineLanes = (code: Code, x: Vector, combine: Combine): Vector =>
  exchanges.reduce((rest, exchange) => code.keep(combine(rest, code.keep(exchange(rest)))), x)
