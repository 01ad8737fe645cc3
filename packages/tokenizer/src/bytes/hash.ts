/**
 * A 32-bit hash of `bytes[start..end)`: FNV-1a with a final mix, so that the low bits can index a power-of-two table.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start)
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  hash ^= hash >>> 15
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 13)
}

/** The smallest power of two that is at least `count`. */
export function powerOfTwo(count: number): number {
  let size = 1
  while (size < count) size *= 2
  return size
}
