import type { Tensor } from '@wids/tensor'
import { Module } from '../module/module.ts'

/**
 * Joins axes into one, by default all behind the batch (`torch.nn.Flatten`).
 *
 * @example
 * new Flatten().forward(randn([8, 16, 7, 7])).shape   // [8, 784]
 */
export class Flatten extends Module {
  /** The first axis that is joined. Default 1. */
  readonly start: number
  /** The last one; counted from the end if negative. Default −1. */
  readonly end: number

  constructor(start = 1, end = -1) {
    super()
    this.start = start
    this.end = end
  }

  /**
   * [batch, ...] to [batch, features], or as start and end say.
   *
   * @throws ArgumentError for axes that x has not, or in another order
   */
  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end)
  }
}
