import { $, i32, if_, local, memory, select } from 'wasmati'
import type { SliceScatterKernel } from '../../../compiler/kernel.ts'
import { dtypes } from '../../../dtype.ts'
import { rowMajorStrides, sizeOf } from '../../../shape.ts'
import { defineCode, type Code, type Int } from './code.ts'
import { range, setAtMost } from './control.ts'
import { forUnits } from './loops/units.ts'
import type { EmittedKernel } from './target.ts'

/** What the code is written with: bytes between elements of base and result, and of the source, axis by axis. */
interface Scatter {
  readonly code: Code
  readonly kernel: SliceScatterKernel
  readonly bytes: number
  readonly outStrides: readonly number[]
  readonly sourceStrides: readonly number[]
  /** The source's positions from … to - 1 lie inside; position 0 belongs at `start`. */
  readonly start: Int
  readonly from: Int
  readonly to: Int
}

/** A unit is one index of the axes before; where the result is not the base itself, the unit's part of it is copied first. */
export function emitSliceScatter(kernel: SliceScatterKernel): EmittedKernel {
  const { axis, outShape } = kernel
  const outer = outShape.slice(0, axis)
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], false, ([args, begin, end], code) => {
    const [base, source, , out] = kernel.operands.map((_, i) => code.keepInt(i32.load({ offset: 4 * i }, args))) as [
      Int,
      Int,
      Int,
      Int,
    ]
    const scatter = makeScatter(kernel, code, args)
    const indices = outer.map(code.int)
    const digits = outer.map((size, d) => ({ size, index: indices[d]! }))
    forUnits(code, begin, end, digits, () =>
      code.region(() => {
        const [given, from, to] = [base, source, out].map(code.keepInt) as [Int, Int, Int]
        indices.forEach((index, d) => {
          for (const address of [given, to]) move(address, index, scatter.outStrides[d]!)
          move(from, index, scatter.sourceStrides[d]!)
        })
        i32.ne(given, to)
        if_(null, () => copyBytes(to, given, scatter.bytes * sizeOf(outShape.slice(axis))))
        copySource(scatter, from, to)
      }),
    )
  })
  return { func, units: sizeOf(outer), scratchBytes: 0 }
}

function makeScatter(kernel: SliceScatterKernel, code: Code, args: Int): Scatter {
  const { axis, outShape, sourceShape, operands, source } = kernel
  const { bytes } = dtypes[operands[3]!.dtype]
  const count = sourceShape[axis]!
  const start = code.keepInt(i32.load({ offset: 4 * kernel.start.offset }, i32.load({ offset: 8 }, args)))
  const [from, to] = [code.int(), code.int()]
  setBetween(from, i32.sub(0, start), count)
  setBetween(to, i32.sub(outShape[axis]!, start), count)
  const inBytes = (strides: readonly number[]): number[] => strides.map(stride => (stride * bytes) | 0)
  return {
    code,
    kernel,
    bytes,
    outStrides: inBytes(rowMajorStrides(outShape)),
    sourceStrides: inBytes(source.strides),
    start,
    from,
    to,
  }
}

/** into = the number just pushed, at least 0 and at most `most` */
function setBetween(into: Int, _pushed: unknown, most: number): void {
  local.set(into)
  i32.const(0)
  local.get(into)
  i32.lt_s(into, 0)
  select()
  local.set(into)
  setAtMost(into, into, most)
}

const move = (address: Int, index: Int, stride: number): void => {
  i32.mul(index, stride)
  local.set(address, i32.add($, address))
}

function copyBytes(to: Int, from: Int, count: Int | number): void {
  local.get(to)
  local.get(from)
  if (typeof count === 'number') i32.const(count)
  else local.get(count)
  memory.copy()
}

/** Copies the rows of the source that lie inside; `first` and `out` are where the unit begins in source and result. */
function copySource(
  { code, kernel, bytes, outStrides, sourceStrides, start, from, to }: Scatter,
  first: Int,
  out: Int,
): void {
  const { axis, sourceShape, source } = kernel
  const last = sourceShape.length - 1
  local.set(first, i32.add(first, (bytes * source.offset) | 0))
  move(out, start, outStrides[axis]!)
  if (axis === last) {
    for (const address of [first, out]) move(address, from, bytes)
    return copyBytes(out, first, code.keepInt(i32.mul(i32.sub(to, from), bytes)))
  }
  const copyFrom = (loop: number, read: Int, write: Int): void => {
    if (loop === last) return copyBytes(write, read, bytes * sourceShape[last]!)
    const index = code.int()
    range(index, loop === axis ? from : 0, loop === axis ? to : sourceShape[loop]!, 1, () =>
      code.region(() => {
        const [nextRead, nextWrite] = [code.keepInt(read), code.keepInt(write)]
        move(nextRead, index, sourceStrides[loop]!)
        move(nextWrite, index, outStrides[loop]!)
        copyFrom(loop + 1, nextRead, nextWrite)
      }),
    )
  }
  copyFrom(axis, first, out)
}
