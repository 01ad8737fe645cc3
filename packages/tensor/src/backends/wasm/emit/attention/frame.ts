import { $, i32, local, select } from 'wasmati'
import type { AttentionInput, AttentionSizes } from '../../../../compiler/kernel.ts'
import type { Code, Int } from '../code.ts'
import { setAtMost } from '../control.ts'
import type { Target } from '../target.ts'

/** What the code of attention and of its gradient is written with. */
export interface Frame {
  readonly code: Code
  readonly target: Target
  readonly sizes: AttentionSizes
  readonly args: Int
  readonly scratch: Int
  /** Indices of the batch loops, and of their elements in a row. */
  readonly batch: readonly Int[]
  readonly element: Int
  /** Head of the query, and of key and value. */
  readonly head: Int
  readonly kvHead: Int
  /** The block of queries: its first one, how many keys a causal order puts before that, and how many queries there are. */
  readonly query: Int
  readonly place: Int
  readonly queryCount: Int
  /** The block of keys: its first one, how many there are, and how many keys there are from it on. */
  readonly key: Int
  readonly keyCount: Int
  readonly keysLeft: Int
}

export function makeFrame(code: Code, target: Target, sizes: AttentionSizes, args: Int, scratch: Int): Frame {
  const int = (): Int => code.int()
  return {
    code,
    target,
    sizes,
    args,
    scratch,
    batch: sizes.batch.map(int),
    element: int(),
    head: int(),
    kvHead: int(),
    query: int(),
    place: int(),
    queryCount: int(),
    key: int(),
    keyCount: int(),
    keysLeft: int(),
  }
}

/** into = number mod size; number = ⌊number / size⌋ */
export function takeDigit(into: Int, number: Int, size: number): void {
  local.set(into, i32.rem_u(number, size))
  local.set(number, i32.div_u(number, size))
}

/** Splits the element's number into the indices of the batch loops. */
export function locateElement({ code, sizes, batch, element }: Frame): void {
  const rest = code.int()
  local.set(rest, element)
  for (let d = batch.length - 1; d >= 0; d--) takeDigit(batch[d]!, rest, sizes.batch[d]!)
}

/** into += index · stride, in bytes */
export function addScaled(into: Int, index: Int, stride: number): void {
  if (stride === 0) return
  i32.mul(index, stride | 0)
  local.set(into, i32.add($, into))
}

/** Bytes between an input's rows. */
export const rowBytes = ({ map }: AttentionInput): number => 4 * map.strides.at(-2)!

/** into = address of row 0 of a head of an input */
export function setHead({ args, batch }: Frame, into: Int, { operand, map }: AttentionInput, head: Int): void {
  local.set(into, i32.add(i32.load({ offset: 4 * operand }, args), (4 * map.offset) | 0))
  ;[...batch, head].forEach((index, d) => addScaled(into, index, 4 * map.strides[d]!))
}

/** A row-major result [batch…, rows, heads, columns]. */
export interface Result {
  readonly operand: number
  readonly rows: number
  readonly heads: number
  readonly columns: number
}

/** Bytes between the rows of one head. */
export const resultRowBytes = ({ heads, columns }: Result): number => 4 * heads * columns

/** into = address of row 0 of a head of a result */
export function setResult({ args, element }: Frame, into: Int, result: Result, head: Int): void {
  local.set(into, i32.load({ offset: 4 * result.operand }, args))
  addScaled(into, element, result.rows * resultRowBytes(result))
  addScaled(into, head, 4 * result.columns)
}

/** into = the offset of a causal order, from 0 to the number of keys; 0 if there is none */
export function setOffset({ code, sizes, args }: Frame, into: Int, offset: AttentionInput | undefined): void {
  if (offset === undefined) return local.set(into, 0)
  const { operand, map } = offset
  local.set(into, i32.load({ offset: 4 * map.offset }, i32.load({ offset: 4 * operand }, args)))
  code.region(() => {
    const none = code.keepInt(i32.const(0))
    local.get(none)
    local.get(into)
    i32.lt_s(into, none)
    select()
    local.set(into)
  })
  setAtMost(into, into, sizes.keys)
}
