import { ArgumentError } from '@wids/tensor'

/** How a token is chosen from logits; the filters apply in this order. */
export interface SamplingOptions {
  /** Divides the logits: below 1 sharper, above 1 flatter, 0 always the likeliest token. Default 1. */
  readonly temperature?: number | undefined
  /** Only the k likeliest tokens (Fan et al., 2018). Default all. */
  readonly topK?: number | undefined
  /** Only the likeliest tokens that together reach this probability (Holtzman et al., 2019). Default 1. */
  readonly topP?: number | undefined
}

/**
 * Chooses a token by softmax(logits / temperature): the first whose cumulative probability exceeds `uniform`. Equal logits at the edge of a filter all
 * stay; of equally likely tokens temperature 0 takes the first.
 *
 * @param logits one for each token of the vocabulary
 * @param uniform a random number, 0 ≤ uniform < 1
 * @returns the id of the token, its place among the logits
 * @throws ArgumentError for options out of range, and for logits without a finite maximum
 * @example
 * sampleToken([0, 2, 1], { temperature: 0 }, 0.5)   // 1
 */
export function sampleToken(logits: ArrayLike<number>, options: SamplingOptions, uniform: number): number {
  const { temperature = 1, topK = Infinity, topP = 1 } = options
  checkSampling(options)
  const best = likeliest(logits)
  if (temperature === 0) return best
  const weights = Float64Array.from(logits, logit => Math.exp((logit - logits[best]!) / temperature))
  if (topK < weights.length) keepAtLeast(weights, weights.toSorted()[weights.length - topK]!)
  if (topP < 1) keepAtLeast(weights, nucleusEdge(weights, topP))
  return pick(weights, uniform, best)
}

/** @throws ArgumentError that names the option */
export function checkSampling({ temperature = 1, topK = Infinity, topP = 1 }: SamplingOptions): void {
  const fail = (problem: string): never => {
    throw new ArgumentError('generate', problem)
  }
  if (!(temperature >= 0 && temperature < Infinity)) fail(`the temperature is at least 0, got ${temperature}`)
  if (!(topK >= 1) || (topK !== Infinity && !Number.isInteger(topK)))
    fail(`topK is a positive whole number, got ${topK}`)
  if (!(topP > 0 && topP <= 1)) fail(`topP is above 0 and at most 1, got ${topP}`)
}

function likeliest(logits: ArrayLike<number>): number {
  let best = 0
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]! || Number.isNaN(logits[i])) best = i
  if (!Number.isFinite(logits[best]))
    throw new ArgumentError(
      'generate',
      `the largest logit is ${logits[best]}; the model diverged or its weights are damaged`,
    )
  return best
}

function keepAtLeast(weights: Float64Array, least: number): void {
  for (let i = 0; i < weights.length; i++) if (weights[i]! < least) weights[i] = 0
}

/** The smallest weight among the largest that together make up `share` of the sum. */
function nucleusEdge(weights: Float64Array, share: number): number {
  const descending = weights.toSorted().reverse()
  let missing = share * descending.reduce((a, b) => a + b, 0)
  return descending.find(weight => (missing -= weight) <= 0) ?? 0
}

/** The first index at which the running sum exceeds `uniform` of the whole. */
function pick(weights: Float64Array, uniform: number, otherwise: number): number {
  let left = uniform * weights.reduce((a, b) => a + b, 0)
  const at = weights.findIndex(weight => weight > 0 && (left -= weight) < 0)
  return at < 0 ? otherwise : at
}
