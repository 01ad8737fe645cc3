import { ArgumentError, type Tensor } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../module/module.ts'

/**
 * Channels become pixels (Shi et al., 2016; `torch.nn.functional.pixel_shuffle`):
 * y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w].
 *
 * @param x [..., channels · r², height, width]
 * @param r how many times as high and wide
 * @returns [..., channels, height · r, width · r]
 * @throws ArgumentError unless r² divides the channels
 * @example
 * pixelShuffle(randn([1, 12, 4, 4]), 2).shape   // [1, 3, 8, 8]
 */
export function pixelShuffle(x: Tensor, r: number): Tensor {
  checkTensors('pixelShuffle', { x })
  const [channels = 0, height = 0, width = 0] = x.shape.slice(-3)
  if (x.rank < 3 || !(Number.isSafeInteger(r) && r > 0) || channels % (r * r) !== 0)
    throw new ArgumentError('pixelShuffle', `r² divides the channels, got ${r} and [${x.shape.join(', ')}]`)
  const lead = x.shape.slice(0, -3)
  const at = (axis: number): number => lead.length + axis
  return x
    .reshape([...lead, channels / (r * r), r, r, height, width])
    .permute([...lead.keys(), at(0), at(3), at(1), at(4), at(2)]) // [..., c, h, r, w, r]
    .reshape([...lead, channels / (r * r), height * r, width * r])
}

/**
 * `pixelShuffle` as a module (`torch.nn.PixelShuffle`).
 *
 * @example
 * new PixelShuffle(2).forward(randn([1, 12, 4, 4])).shape   // [1, 3, 8, 8]
 */
export class PixelShuffle extends Module {
  /** How many times as high and wide outputs are, r. */
  readonly upscaleFactor: number

  constructor(upscaleFactor: number) {
    super()
    this.upscaleFactor = upscaleFactor
  }

  /**
   * [..., channels · r², height, width] to [..., channels, height · r, width · r].
   *
   * @throws ArgumentError unless r² divides the channels
   */
  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor)
  }
}
