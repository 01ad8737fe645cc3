/**
 * The numbers 0 … length − 1 in an order that seed and epoch alone decide, on every machine: Fisher and Yates' shuffle
 * with the generator sfc32 (Doty-Humphrey, PractRand).
 *
 * @param epoch from 0
 * @returns [length] numbers
 * @example
 * shuffledOrder(5, 7, 0)   // the same five numbers each time
 */
export function shuffledOrder(length: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i)
  const next = generator(seed, epoch)
  for (let i = length - 1; i > 0; i--) {
    const j = below(i + 1, next)
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}

/** A number from 0 to n − 1, each as likely: those of the incomplete last run of n are drawn again. */
function below(n: number, next: () => number): number {
  const limit = 2 ** 32 - (2 ** 32 % n)
  for (;;) {
    const bits = next()
    if (bits < limit) return bits % n
  }
}

/** sfc32: 32 random bits a call */
function generator(seed: number, epoch: number): () => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, epoch | 0, 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) next()
  return next
}
