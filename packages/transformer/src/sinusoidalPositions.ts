import { ArgumentError, type Tensor, tensor } from '@wids/tensor'

/**
 * Positions as waves (Vaswani et al., 2017, §3.5): channels come in pairs of one frequency, sin at the even and cos at
 * the odd one: PE(t, 2i) = sin(t / base^(2i/channels)), PE(t, 2i+1) = cos of the same. Computed in double precision.
 *
 * @param length positions, from 0 on
 * @param base the longest wave has almost 2π · base positions
 * @returns f32 [length, channels]
 * @throws ArgumentError unless both are positive whole numbers
 * @example
 * await sinusoidalPositions(2, 2).toArray()   // [[0, 1], [0.841, 0.540]]: sin 0, cos 0; sin 1, cos 1
 */
export function sinusoidalPositions(length: number, channels: number, base = 10000): Tensor {
  for (const n of [length, channels])
    if (!Number.isInteger(n) || n < 1)
      throw new ArgumentError('sinusoidalPositions', `length and channels are positive whole numbers, got ${n}`)
  const values = new Float32Array(length * channels)
  // PE(position, 2i) = sin(position / base^(2i/channels)), PE(position, 2i+1) = cos(of the same)
  for (let position = 0; position < length; position++)
    for (let channel = 0; channel < channels; channel++) {
      const angle = position / base ** ((channel - (channel % 2)) / channels)
      values[position * channels + channel] = channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
    }
  return tensor(values, { shape: [length, channels] })
}
