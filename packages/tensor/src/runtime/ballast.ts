/**
 * Untouched buffers, as large as what storages hold on a device, which V8 does not see: with them, dropped storages are
 * collected in time. Those that are given back serve again, as each new one brings a collection nearer, also where
 * nothing is dropped.
 */
const spare = new Map<number, ArrayBuffer[]>()
let spareBytes = 0
/** Most bytes of buffers that wait for another use; few of them have a place in real memory. */
const mostSpare = 2 ** 28
/** Smaller storages weigh about what their objects do. */
const leastBytes = 4096

export function takeBallast(bytes: number): ArrayBuffer | undefined {
  if (bytes < leastBytes) return undefined
  const found = spare.get(bytes)?.pop()
  if (found === undefined) return new ArrayBuffer(bytes)
  spareBytes -= bytes
  return found
}

export function returnBallast(ballast: ArrayBuffer | undefined): void {
  if (ballast === undefined || spareBytes + ballast.byteLength > mostSpare) return
  spareBytes += ballast.byteLength
  const others = spare.get(ballast.byteLength)
  if (others === undefined) spare.set(ballast.byteLength, [ballast])
  else others.push(ballast)
}
