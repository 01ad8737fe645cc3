import { type DType, isFloat } from '../../dtype.ts'
import { fromNumbers, toNumbers } from './floats.ts'
import type { Rules } from './value.ts'

const smallest = { i32: -(2 ** 31), u32: 0, i8: -128 }
const largest = { i32: 2 ** 31 - 1, u32: 2 ** 32 - 1, i8: 127 }
type Integer = keyof typeof smallest

const isInteger = (dtype: DType): dtype is Integer => dtype in smallest

/** The smallest value of a dtype, where a search for the largest begins. */
export const lowest = (dtype: DType): number => (isInteger(dtype) ? smallest[dtype] : isFloat(dtype) ? -Infinity : 0)

const saturate = (x: number, dtype: Integer): number =>
  Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x), smallest[dtype]), largest[dtype])

export const castRules: Rules<'cast' | 'bitcast'> = {
  // Between integers, and to fewer bits of a float, the rounding of every result is the whole conversion.
  cast({ dtype }, x) {
    return isFloat(x.dtype) && isInteger(dtype) ? x.numbers.map(value => saturate(value, dtype)) : x.numbers
  },
  bitcast({ dtype }, x) {
    return Float64Array.from(toNumbers(fromNumbers(x.numbers, x.dtype), dtype))
  },
}
