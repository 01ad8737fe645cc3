import { arange, type Tensor, where, zeros } from '@wids/tensor'
import { type Attributes, attentionGradient, attentionLogSumExp, type ScoreAttributes } from '@wids/tensor/graph'
import { backward } from '../backward.ts'
import { variable } from '../variable.ts'
import { type Inputs, none, type Rules, type Slope } from './rule.ts'

type Part = 'query' | 'key' | 'value'
type Given = Inputs<'attentionGradient'>

export const attentionRules: Pick<Rules, 'attention' | 'attentionGradient'> = {
  attention: [slopeOf('query'), slopeOf('key'), slopeOf('value'), biasSlope, none],
  attentionGradient: [again(0), again(1), again(2), again(3), again(4), again(5), again(6)],
}

/**
 * The output's slope comes from the kernel that makes weights anew. Its delta is Σ dO ∘ O, and the log-sum-exp L itself
 * has the slope dS = P ∘ dL, which is what dO = 0 and delta = −dL give.
 */
function slopeOf(part: Part): Slope<'attention'> {
  return (...all) => attentionGradient(given(...all), scoresOf(all[3]), part)
}

/** dS itself; what it was broadcast from is summed elsewhere. Scores are kept in memory here. */
function biasSlope(...all: Parameters<Slope<'attention'>>): Tensor {
  return scoreSlopes(given(...all), scoresOf(all[3])).slopes
}

/** A shifted order is part of the bias here. */
const scoresOf = ({ scale, causal, shifted }: Attributes['attention']): ScoreAttributes => ({
  scale,
  causal: causal && !shifted,
})

/** The bias, which hides what lies behind a shifted causal order, if there is either. */
function biasOf([q, k, , ...rest]: Inputs<'attention'>, { causal, shifted }: Attributes['attention']): Tensor[] {
  if (!shifted) return [...rest]
  const [offset, bias] = [rest.at(-1)!, rest.length > 1 ? rest[0] : undefined]
  const [queries = 0, keys = 0] = [q.shape.at(-2), k.shape.at(-2)]
  if (!causal) return bias === undefined ? [] : [bias]
  const last = arange(queries).add(offset.clamp(0)).unsqueeze(-1)
  const shape = [...q.shape.slice(0, -1), keys]
  return [where(arange(keys).le(last).expand(shape), bias ?? zeros(shape, q.dtype), -Infinity)]
}

function given(...[g, inputs, y, attributes]: Parameters<Slope<'attention'>>): Given {
  const [q, k, v] = inputs
  const bias = biasOf(inputs, attributes)
  if (attributes.part === 'logSumExp') {
    const nothing = zeros([...q.shape.slice(0, -1), v.shape.at(-1)!], q.dtype)
    return [q, k, v, nothing, y, g.neg(), ...bias]
  }
  const [slope, output] = [g.transpose(-3, -2), y.transpose(-3, -2)] // [..., heads, queries, values]
  const logSumExp = attentionLogSumExp(inputs, attributes)
  return [q, k, v, slope, logSumExp, slope.mul(output).sum(-1, true), ...bias]
}

/** P = exp(S − L) and dS = P ∘ (G Vᵀ − D), with key and value repeated for the heads that share them. */
function scoreSlopes(
  [q, k, v, gradient, logSumExp, delta, bias]: Given,
  { scale, causal }: ScoreAttributes,
): { weights: Tensor; slopes: Tensor } {
  const [queries = 0, keys = 0] = [q.shape.at(-2), k.shape.at(-2)]
  const products = q.matmul(repeat(k, q).transpose()).mul(scale) // [..., heads, queries, keys]
  const scores = bias === undefined ? products : products.add(bias)
  const index = (n: number): Tensor => zeros([n], q.dtype).add(1).cumsum(0)
  const visible = index(keys).le(index(queries).unsqueeze(-1))
  const weights = (causal ? where(visible, scores, -Infinity) : scores).sub(logSumExp).exp()
  return { weights, slopes: weights.mul(gradient.matmul(repeat(v, q).transpose()).sub(delta)) }
}

/** [..., kvHeads, keys, columns] → [..., heads, keys, columns] */
function repeat(x: Tensor, q: Tensor): Tensor {
  const [heads = 1, kvHeads = 1] = [q.shape.at(-3), x.shape.at(-3)]
  if (heads === kvHeads) return x
  const [batch, rows] = [x.shape.slice(0, -3), x.shape.slice(-2)]
  return x
    .unsqueeze(-3)
    .expand([...batch, kvHeads, heads / kvHeads, ...rows])
    .reshape([...batch, heads, ...rows])
}

/** The gradient of attention as a composition, for gradients of gradients; laid out as the primitive's. */
function composed(inputs: Given, attributes: ScoreAttributes, part: Part): Tensor {
  const [q, k, , gradient] = inputs
  const { weights, slopes } = scoreSlopes(inputs, attributes)
  if (part === 'query') return slopes.matmul(repeat(k, q)).mul(attributes.scale).transpose(-3, -2)
  const rows =
    part === 'key' ? slopes.transpose().matmul(q).mul(attributes.scale) : weights.transpose().matmul(gradient)
  const [heads = 1, keys = 0, columns = 0] = rows.shape.slice(-3)
  const kvHeads = k.shape.at(-3)!
  return rows
    .reshape([...rows.shape.slice(0, -3), kvHeads, heads / kvHeads, keys, columns])
    .sum(-3)
    .transpose(-3, -2) // [..., keys, kvHeads, columns]
}

/** The slope of one input of the gradient, by that of the composition. */
function again(input: number): Slope<'attentionGradient'> {
  return (g, inputs, _, attributes) => {
    const own = inputs.map(variable) as unknown as Given
    return backward(composed(own, attributes, attributes.part), g, [own[input]!])[0]!
  }
}
