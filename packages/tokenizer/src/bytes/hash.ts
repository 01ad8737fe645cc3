/** The hash of no bytes; see `hashNext`. */
export const emptyHash = 0x811c9dc5 | 0

/** FNV-1a, one byte after another, so that a pass over a text hashes all its prefixes. */
export function hashNext(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193)
}

/** Mixes the bits of a finished hash, so that the low ones can index a power-of-two table. */
export function mixHash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ (hash >>> 13)
}

/** A 32-bit hash of `bytes[start..end)`. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = emptyHash
  for (let i = start; i < end; i++) hash = hashNext(hash, bytes[i]!)
  return mixHash(hash)
}

/** The smallest power of two that is at least `count`. */
export function powerOfTwo(count: number): number {
  let size = 1
  while (size < count) size *= 2
  return size
}
