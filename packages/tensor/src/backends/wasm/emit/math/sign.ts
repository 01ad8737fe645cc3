import { v128, type Input } from 'wasmati'
import type { Code, OnStack, Vector } from '../code.ts'

/** The size of one number with the sign of another. */
export function copySign(code: Code, size: Input<'v128'>, sign: Vector): OnStack {
  return v128.or(size, v128.and(sign, code.i32(0x80000000)))
}
