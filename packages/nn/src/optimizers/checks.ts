import { ArgumentError, DTypeError, isFloat, ShapeError, type Tensor } from '@wids/tensor'
import { checkTensors, printed } from '@wids/tensor/graph'

/** Where a number must lie, and how that is said. */
interface Limit {
  readonly range: string
  readonly holds: (n: number) => boolean
}

const notNegative: Limit = { range: 'at least 0', holds: n => n >= 0 && n < Infinity }
const share: Limit = { range: 'from 0 to less than 1', holds: n => n >= 0 && n < 1 }

/** PyTorch's limits of the options that all optimizers have between them. */
const limits: { readonly [option: string]: Limit } = {
  lr: notNegative,
  weightDecay: notNegative,
  momentum: notNegative,
  eps: notNegative,
  alpha: notNegative,
  lrDecay: notNegative,
  initialAccumulatorValue: notNegative,
  betas: share,
  rho: { range: 'from 0 to 1', holds: n => n >= 0 && n <= 1 },
  d: { range: 'at least 1', holds: n => n >= 1 },
  beta2Decay: { range: 'at most 0', holds: n => n <= 0 },
}

/** Checks those options that have limits; one that is undefined keeps its default. */
export function checkOptions(options: object): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined
    if (limit === undefined || value === undefined) continue
    for (const n of [value].flat())
      if (typeof n !== 'number' || !limit.holds(n))
        throw new ArgumentError('optimizer', `${name} is ${limit.range}, got ${printed(n)}`)
  }
}

export function checkParameters(
  parameters: readonly Tensor[],
  groups: readonly { readonly parameters: readonly Tensor[] }[],
): void {
  if (!Array.isArray(parameters))
    throw new ArgumentError(
      'optimizer',
      `parameters are a list of tensors, as model.parameters() gives, got ${printed(parameters)}`,
    )
  checkTensors('optimizer', parameters)
  if (parameters.length === 0) throw new ArgumentError('optimizer', 'there are no parameters to optimize')
  const integer = parameters.findIndex(({ dtype }) => !isFloat(dtype))
  if (integer >= 0)
    throw new DTypeError('optimizer', `parameter ${integer} is ${parameters[integer]!.dtype}; parameters are real`)
  if (new Set(parameters).size !== parameters.length)
    throw new ArgumentError('optimizer', 'a parameter is listed twice')
  const grouped = groups.flatMap(group => group.parameters)
  if (new Set(grouped).size !== grouped.length) throw new ArgumentError('optimizer', 'a parameter is in two groups')
  if (grouped.some(parameter => !parameters.includes(parameter)))
    throw new ArgumentError('optimizer', 'a group has a parameter that is not among the parameters')
}

export function checkGradients(parameters: readonly Tensor[], gradients: readonly Tensor[]): void {
  checkTensors('step', gradients)
  if (gradients.length !== parameters.length)
    throw new ArgumentError('step', `${parameters.length} parameters need as many gradients, got ${gradients.length}`)
  for (const [i, { shape }] of gradients.entries())
    if (String(shape) !== String(parameters[i]!.shape))
      throw new ShapeError(
        'step',
        `parameter ${i} is [${parameters[i]!.shape.join(', ')}], its gradient [${shape.join(', ')}]; are they in the same order?`,
        [parameters[i]!.shape, shape],
      )
}
