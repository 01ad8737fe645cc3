const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/**
 * The first word of Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011)
 * for a key of two words and the counter (position, 0).
 */
export function threefry(key0: number, key1: number, position: number): number {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda]
  let x0 = (position + key0) | 0
  let x1 = key1 | 0
  for (let group = 0; group < 5; group++) {
    for (const by of rotations[group % 2]!) {
      x0 = (x0 + x1) | 0
      x1 = rotate(x1, by) ^ x0
    }
    x0 = (x0 + keys[(group + 1) % 3]!) | 0
    x1 = (x1 + keys[(group + 2) % 3]! + group + 1) | 0
  }
  return x0 >>> 0
}
