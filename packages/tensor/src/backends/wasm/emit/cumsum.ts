import { $, f32x4, f64x2, i32x4, i8x16, local } from 'wasmati'
import type { CumsumKernel } from '../../../compiler/kernel.ts'
import { dtypes } from '../../../dtype.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { defineCode, type Code, type Vector } from './code.ts'
import { range } from './control.ts'
import { loadLanes, storeLanes } from './lanes.ts'
import { advance, eachLines, planLines, walkAlong } from './lines.ts'
import type { EmittedKernel } from './target.ts'

/** A running sum in four lanes. */
interface Sum {
  readonly clear: () => void
  /** Adds the four numbers in `x`, then puts the sums there. */
  readonly add: (x: Vector) => void
}

/** Integers wrap around. */
function integerSum(code: Code): Sum {
  const sum = code.vector()
  return {
    clear: () => local.set(sum, code.i32(0)),
    add: x => local.set(x, local.tee(sum, i32x4.add(sum, x))),
  }
}

/** f32 is summed in f64: a long line would lose what it adds to an ever larger sum, and f64 costs no more time a step. */
function floatSum(code: Code): Sum {
  const [low, high] = [code.vector(), code.vector()]
  const upper = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]
  const joined = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
  return {
    clear: () => [low, high].forEach(sum => local.set(sum, code.i32(0))),
    add: x => {
      local.set(low, f64x2.add(f64x2.promote_low_f32x4(x), low))
      local.set(high, f64x2.add(f64x2.promote_low_f32x4(i8x16.shuffle(upper, x, x)), high))
      f32x4.demote_f64x2_zero(low)
      f32x4.demote_f64x2_zero(high)
      local.set(x, i8x16.shuffle(joined, $, $))
    },
  }
}

/** Lines side by side in memory are summed a cache line at a time, others four at a time. */
export function emitCumsum({ operands, shape, axis, x: from }: CumsumKernel): EmittedKernel {
  const [{ dtype }, out] = [operands[0]!, operands[1]!]
  const contiguous = axis !== shape.length - 1
  const plan = planLines(shape, axis, contiguous ? 16 : 4)
  const to = { offset: 0, strides: rowMajorStrides(shape), bounds: [], fill: 0 }
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], false, ([args, begin, end], code) => {
    const input = walkAlong(plan, 0, dtype, from, code)
    const output = walkAlong(plan, 1, out.dtype, to, code)
    const [step, x] = [code.int(), code.vector()]
    const makeSum = dtypes[dtype].compute === 'f32' ? floatSum : integerSum
    const sums = Array.from({ length: plan.width / 4 }, () => makeSum(code))
    eachLines(plan, [args, begin, end], [input, output], code, lanes => {
      const used = sums.slice(0, Math.ceil(lanes / 4))
      for (const sum of used) sum.clear()
      range(step, 0, shape[axis]!, 1, () => {
        used.forEach((sum, i) => {
          const count = Math.min(4, lanes - 4 * i)
          loadLanes(code, x, input, 4 * i, count)
          sum.add(x)
          storeLanes(code, x, output, 4 * i, count)
        })
        advance(input)
        advance(output)
      })
    })
  })
  return { func, units: plan.units, scratchBytes: 0 }
}
