import { i32 } from 'wasmati'
import type { Code, Int } from '../code.ts'

/** [start, start + stride, …] */
export function linesFrom(code: Code, start: Int, stride: Int, count: number): Int[] {
  const lines = [start]
  while (lines.length < count) lines.push(code.keepInt(i32.add(lines.at(-1)!, stride)))
  return lines
}
