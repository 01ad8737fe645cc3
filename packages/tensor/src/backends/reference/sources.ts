import { ArgumentError } from '../../errors.ts'
import { sizeOf } from '../../shape.ts'
import { threefry } from './threefry.ts'
import type { Rules } from './value.ts'

export const sourceRules: Rules<'buffer' | 'constant' | 'iota' | 'randomBits'> = {
  buffer() {
    throw new ArgumentError('run', 'a buffer of the graph is not among its inputs')
  },
  constant({ attributes }) {
    return new Float64Array(sizeOf(attributes.shape)).fill(attributes.value)
  },
  iota({ attributes }) {
    return Float64Array.from({ length: attributes.size }, (_, i) => i)
  },
  randomBits({ attributes }, key) {
    const [key0, key1] = key.numbers
    return Float64Array.from({ length: sizeOf(attributes.shape) }, (_, i) => threefry(key0!, key1!, i))
  },
}
