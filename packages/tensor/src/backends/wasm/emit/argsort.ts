import { $, block, br, br_if, i32, i64, local, loop, select, type Local } from 'wasmati'
import type { ArgsortKernel } from '../../../compiler/kernel.ts'
import type { DType } from '../../../dtype.ts'
import { DTypeError } from '../../../errors.ts'
import { rowMajorStrides } from '../../../shape.ts'
import { range, whileLess } from './control.ts'
import { define, type Locals } from './define.ts'
import { advance, eachLines, planLines, walkAlong, type Walk } from './lines.ts'
import type { EmittedKernel } from './target.ts'

type I32 = Local<'i32'>
type I64 = Local<'i64'>

/** Bytes of an entry: a key, and below it the position, so that equal keys keep their order. */
const entry = 8
/** Runs that insertion sorts before they are merged: a merge of a few entries costs more in jumps. */
const firstRun = 8 * entry

/** A stable merge sort of each line, from one half of the scratch to the other and back. */
export function emitArgsort({ operands, shape, axis, descending, x }: ArgsortKernel): EmittedKernel {
  const { dtype } = operands[0]!
  const key = keyOf(dtype)
  const size = shape[axis]!
  const plan = planLines(shape, axis, 1)
  const rowMajor = { offset: 0, strides: rowMajorStrides(shape), bounds: [], fill: 0 }
  const func = define(['i32', 'i32', 'i32', 'i32'], ([args, begin, end, scratch], locals) => {
    const input = walkAlong(plan, 0, dtype, x, { int: locals.i32 })
    const output = walkAlong(plan, 1, 'i32', rowMajor, { int: locals.i32 })
    const [from, to, at, last] = [locals.i32(), locals.i32(), locals.i32(), locals.i32()]
    eachLines(plan, [args, begin, end], [input, output], { int: locals.i32 }, () => {
      local.set(from, scratch)
      local.set(to, i32.add(scratch, size * entry))
      writeEntries(key, descending, size, input, from, locals)
      local.set(last, i32.add(from, size * entry))
      range(at, from, last, firstRun, () => sortRun(at, last, locals))
      mergeRuns(from, to, size, locals)
      local.set(last, i32.add(from, size * entry))
      range(from, from, last, entry, () => {
        i32.store({}, output.address, i32.load({}, from))
        advance(output)
      })
    })
  })
  return { func, units: plan.units, scratchBytes: 2 * size * entry }
}

function writeEntries(
  { load, order }: Key,
  descending: boolean,
  size: number,
  input: Walk,
  to: I32,
  locals: Locals,
): void {
  const [position, key] = [locals.i32(), locals.i32()]
  range(position, 0, size, 1, () => {
    local.set(key, load({}, input.address))
    order(key)
    if (descending) local.set(key, i32.xor(key, -1))
    i32.add(i32.mul(position, entry), to)
    i64.shl(i64.extend_i32_u(key), 32n)
    i64.or($, i64.extend_i32_u(position))
    i64.store({})
    advance(input)
  })
}

/** How an element's bits are loaded, and replaced by an unsigned number of the same order. */
interface Key {
  readonly load: typeof i32.load
  readonly order: (key: I32) => void
}

/** wasmati encodes constants as signed numbers. */
const signBit = -0x80000000
const ofSigned = (key: I32): void => local.set(key, i32.xor(key, signBit))
const ofHalf =
  (infinity: number) =>
  (key: I32): void => {
    local.set(key, i32.shl(key, 16))
    ofFloat(infinity)(key)
  }

/** Of a float's bits, sign first, given those of infinity. */
const ofFloat =
  (infinity: number) =>
  (key: I32): void => {
    // Both zeros are one …
    i32.const(0)
    local.get(key)
    i32.eq(key, signBit)
    select()
    local.set(key)
    // … negative numbers are in reverse, below the positive ones …
    i32.xor(key, i32.or(i32.shr_s(key, 31), signBit))
    // … and every NaN, of either sign, is above all.
    i32.const(-1)
    i32.le_u(i32.and(key, 0x7fffffff), infinity)
    select()
    local.set(key)
  }

const keys: Readonly<Record<Exclude<DType, 'f64'>, Key>> = {
  f32: { load: i32.load, order: ofFloat(0x7f800000) },
  f16: { load: i32.load16_u, order: ofHalf(0x7c000000) },
  bf16: { load: i32.load16_u, order: ofHalf(0x7f800000) },
  i32: { load: i32.load, order: ofSigned },
  i8: { load: i32.load8_s, order: ofSigned },
  u32: { load: i32.load, order: () => {} },
  bool: { load: i32.load8_u, order: () => {} },
}

function keyOf(dtype: DType): Key {
  if (dtype === 'f64') throw new DTypeError('argsort', 'f64 is not supported on this device; cast to f32')
  return keys[dtype]
}

/** Insertion sort of the entries of [start, min(start + firstRun, last)). */
function sortRun(start: I32, last: I32, locals: Locals): void {
  const [next, stop, hole, moving] = [locals.i32(), locals.i32(), locals.i32(), locals.i64()]
  setMin(stop, start, firstRun, last)
  range(next, start, stop, entry, () => {
    local.set(moving, i64.load({}, next))
    local.set(hole, next)
    block(null, found => {
      loop(null, again => {
        i32.eq(hole, start)
        br_if(found)
        i64.le_u(i64.load({}, i32.sub(hole, entry)), moving)
        br_if(found)
        i64.store({}, hole, i64.load({}, i32.sub(hole, entry)))
        local.set(hole, i32.sub(hole, entry))
        br(again)
      })
    })
    i64.store({}, hole, moving)
  })
}

/** into = min(start + bytes, last), also where start + bytes would not fit into 32 bits */
function setMin(into: I32, start: I32, bytes: I32 | number, last: I32): void {
  i32.add(start, bytes)
  local.get(last)
  i32.lt_u(bytes, i32.sub(last, start))
  select()
  local.set(into)
}

/** Merges ever longer neighbouring runs until one is left, which lies in `from`; `to` is as large. */
function mergeRuns(from: I32, to: I32, size: number, locals: Locals): void {
  const [run, left, middle, right, last, out] = [
    locals.i32(),
    locals.i32(),
    locals.i32(),
    locals.i32(),
    locals.i32(),
    locals.i32(),
  ]
  local.set(run, firstRun)
  whileLess(run, size * entry, () => {
    local.set(left, from)
    local.set(out, to)
    local.set(last, i32.add(from, size * entry))
    whileLess(left, last, () => {
      setMin(middle, left, run, last)
      setMin(right, middle, run, last)
      merge(left, middle, right, out, locals)
      local.set(left, right)
    })
    local.get(from)
    local.set(from, to)
    local.set(to)
    local.set(run, i32.shl(run, 1))
  })
}

/** Merges [left, middle) and [middle, right) into [out, …), without a jump that depends on the entries. */
function merge(left: I32, middle: I32, right: I32, out: I32, locals: Locals): void {
  const [second, taken, a, b] = [locals.i32(), locals.i32(), locals.i64(), locals.i64()]
  local.set(second, middle)
  block(null, done => {
    loop(null, again => {
      i32.ge_u(left, middle)
      br_if(done)
      i32.ge_u(second, right)
      br_if(done)
      takeSmaller(left, second, out, taken, a, b)
      br(again)
    })
  })
  copyRest(left, middle, out, a)
  copyRest(second, right, out, a)
}

function takeSmaller(left: I32, second: I32, out: I32, taken: I32, a: I64, b: I64): void {
  local.set(a, i64.load({}, left))
  local.set(b, i64.load({}, second))
  local.get(out)
  local.get(b)
  local.get(a)
  local.tee(taken, i64.lt_u(b, a))
  select()
  i64.store({})
  local.set(taken, i32.shl(taken, 3))
  local.set(second, i32.add(second, taken))
  local.set(left, i32.add(left, i32.sub(entry, taken)))
  local.set(out, i32.add(out, entry))
}

function copyRest(from: I32, stop: I32, out: I32, x: I64): void {
  whileLess(from, stop, () => {
    local.set(x, i64.load({}, from))
    i64.store({}, out, x)
    local.set(from, i32.add(from, entry))
    local.set(out, i32.add(out, entry))
  })
}
