import { decode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import * as cnn from './digits/cnn.ts'
import { readDigits } from './digits/digits.ts'
import * as mlp from './digits/mlp.ts'
import * as vae from './digits/vae.ts'
import * as regression from './regression.ts'
import * as charLstm from './text/charLstm.ts'
import * as wordEnds from './text/wordEnds.ts'

const log = (): void => {}

describe('real tasks, with less data and fewer steps than in full', { timeout: 90_000 }, () => {
  it('held-out digits are none of those that are trained on', () => {
    const { training, heldOut } = readDigits(200)
    const known = new Set(training.map(({ pixels }) => pixels.join()))
    expect([training.length, heldOut.length]).toEqual([1600, 400])
    expect(heldOut.filter(({ pixels }) => known.has(pixels.join()))).toEqual([])
  })

  it('two layers read digits', async () => {
    const { accuracy } = await mlp.main({ epochs: 1, limit: 200, log })
    expect(accuracy).toBeGreaterThan(0.88)
  })

  it('convolutions read digits', async () => {
    const { accuracy } = await cnn.main({ epochs: 1, limit: 50, log })
    expect(accuracy).toBeGreaterThan(0.8)
  })

  it('an autoencoder draws different digits with as much ink as the real ones', async () => {
    const { cost, png } = await vae.main({ epochs: 8, limit: 200, log })
    const { width, height, data } = decode(png)
    const inkIn = (left: number): number[] =>
      Array.from({ length: 28 * 28 }, (_, i) => 1 - data[Math.floor(i / 28) * width + left + (i % 28)]! / 255)
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    const [first, second] = [inkIn(0), inkIn(28)]
    expect(cost).toBeLessThan(200) // 206 is what the mean image costs, which knows nothing of the digit
    expect([width, height]).toEqual([224, 224])
    expect(Math.abs(mean([...first, ...second]) - 0.13)).toBeLessThan(0.06)
    expect(mean(first.map((ink, i) => Math.abs(ink - second[i]!)))).toBeGreaterThan(0.02)
  })

  it('an LSTM learns more of a text than which letters are frequent', async () => {
    const { loss, text } = await charLstm.main({ epochs: 1, letters: 60_000, log })
    expect(loss).toBeLessThan(2.7) // 3.08 by the frequencies of letters
    expect(text).toHaveLength(300)
  })

  it('GRUs find the ends of words', async () => {
    const { f1 } = await wordEnds.main({ epochs: 1, letters: 150_000, log })
    expect(f1).toBeGreaterThan(0.5) // 0.38 if every letter were tagged
  })

  it('outliers draw the line of least squares, and hardly those of absolute values and of Huber', async () => {
    const { leastSquares, mseLoss, l1Loss, huberLoss, smoothL1Loss } = await regression.main({ steps: 300, log })
    for (const { error } of [leastSquares, mseLoss]) expect(error).toBeGreaterThan(1)
    for (const { error } of [huberLoss, smoothL1Loss]) expect(error).toBeLessThan(0.25)
    expect(l1Loss.error).toBeLessThan(0.1)
  })
})
