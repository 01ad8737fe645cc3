import { ArgumentError, type Generator, rand, type Tensor, where, zerosLike } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { Module } from '../module/module.ts'

/** Options of {@link Dropout}. */
export interface DropoutOptions {
  /** Where the random numbers come from. Default: the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator | undefined
}

/**
 * Zeroes each element with probability p and divides the others by 1 − p, so that the mean stays (Srivastava et al.,
 * 2014; `torch.nn.functional.dropout`).
 *
 * @param x [...]
 * @param p default 0.5
 * @returns the same shape
 * @throws ArgumentError unless 0 ≤ p ≤ 1
 * @example
 * dropout(ones([100]), 0.1)   // about ten zeros, the rest 1.11
 */
export function dropout(
  x: Tensor,
  p = 0.5,
  { training = true, generator }: DropoutOptions & { readonly training?: boolean } = {},
): Tensor {
  checkTensors('dropout', { x })
  checkProbability(p)
  if (!training || p === 0) return x
  if (p === 1) return zerosLike(x)
  return where(rand(x.shape, { generator }).ge(p), x.mul(1 / (1 - p)), 0)
}

/**
 * Dropout in training, nothing in evaluation (`torch.nn.Dropout`).
 *
 * @example
 * const layer = new Dropout(0.1, { generator: new Generator(7) })
 * layer.eval().forward(x)   // x
 */
export class Dropout extends Module {
  /** Probability with which an element is dropped. Default 0.5. */
  readonly p: number
  /** Where the random numbers come from; undefined for the default generator. */
  readonly generator: Generator | undefined

  /** @throws ArgumentError unless 0 ≤ p ≤ 1 */
  constructor(p = 0.5, { generator }: DropoutOptions = {}) {
    super()
    checkProbability(p)
    this.p = p
    this.generator = generator
  }

  /** The same shape, with elements dropped while training. */
  forward(x: Tensor): Tensor {
    return dropout(x, this.p, { training: this.training, generator: this.generator })
  }
}

function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ArgumentError('dropout', `a probability lies between 0 and 1, got ${p}`)
}
