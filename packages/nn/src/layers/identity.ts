import type { Tensor } from '@wids/tensor'
import { Module } from '../module/module.ts'

/**
 * Gives back what it is given (`torch.nn.Identity`).
 *
 * @example
 * new Identity().forward(randn([2, 3])).shape   // [2, 3]
 */
export class Identity extends Module {
  /** [...] to [...]. */
  forward(x: Tensor): Tensor {
    return x
  }
}
