import { expect, it } from 'vitest'
import { sinusoidalPositions } from './sinusoidalPositions.ts'

it('is sin at even and cos at odd channels, of position / 10000^(2i/channels)', async () => {
  const table = (await sinusoidalPositions(5000, 6).toArray()) as number[][]
  for (const position of [0, 1, 17, 4999])
    for (const i of [0, 1, 2]) {
      const angle = position / 10000 ** ((2 * i) / 6)
      expect(table[position]![2 * i]).toBe(Math.fround(Math.sin(angle)))
      expect(table[position]![2 * i + 1]).toBe(Math.fround(Math.cos(angle)))
    }
})

it('ends with a sine when the channels are odd', async () =>
  expect(await sinusoidalPositions(2, 3).at(1).toArray()).toEqual(
    [Math.sin(1), Math.cos(1), Math.sin(10000 ** (-2 / 3))].map(Math.fround),
  ))

it.each([
  [0, 4],
  [4, 0],
  [2.5, 4],
])('refuses %d positions of %d channels', (length, channels) =>
  expect(() => sinusoidalPositions(length, channels)).toThrow('positive whole numbers'),
)
