/**
 * A dropped tensor gives its device memory back when its finalizer runs, which happens only between turns of the event
 * loop. A loop that never lets it turn must not fill the device, so what one source makes beyond this in one turn stays
 * in JavaScript memory, which is collected within a turn too.
 */
const mostInTurn = 2 ** 28

/** Bytes that each source (a program, a device that is written to) left on a device in this turn, and of all. */
const left = new Map<object, number>()
let total = 0

/** Whether a source may leave bytes on the device in this turn, which are then counted. The first always may. */
export function mayLeave(source: object, bytes: number): boolean {
  if (left.size === 0) setTimeout(clear, 0)
  const before = left.get(source) ?? 0
  if (before > 0 && before + bytes > mostInTurn) return false
  left.set(source, before + bytes)
  total += bytes
  return true
}

function clear(): void {
  left.clear()
  total = 0
}

/** Lets the event loop turn, once so much was left in this turn that finalizers should run: for who waits anyway. */
export async function turnIfFull(): Promise<void> {
  if (total >= mostInTurn / 2) await new Promise(resolve => setTimeout(resolve, 0))
}
