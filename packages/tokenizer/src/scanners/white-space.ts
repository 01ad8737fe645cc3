import { LINE_END, SPACE } from '../unicode/category.ts'
import { isAt, previousStart, skipWhile } from './scanner.ts'

/** Matches `\s+(?!\S)|\s+`: white space but its last character when something follows. */
export function scanSpaces(bytes: Uint8Array, at: number, end: number): number {
  const stop = skipWhile(bytes, at, end, SPACE)
  return leaveOne(bytes, at, stop, end)
}

/** Matches `\s*[\r\n]+|\s+(?!\S)|\s+`: white space up to its last line end, else as `scanSpaces`. */
export function scanSpacesByLine(bytes: Uint8Array, at: number, end: number): number {
  const stop = skipWhile(bytes, at, end, SPACE)
  for (let i = stop; i > at;) {
    i = previousStart(bytes, i)
    if (isAt(bytes, i, stop, LINE_END)) return i + 1
  }
  return leaveOne(bytes, at, stop, end)
}

function leaveOne(bytes: Uint8Array, at: number, stop: number, end: number): number {
  if (stop === end || stop === at) return stop
  const last = previousStart(bytes, stop)
  return last > at ? last : stop
}
