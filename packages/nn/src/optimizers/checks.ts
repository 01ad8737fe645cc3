import { ArgumentError, DTypeError, isFloat, ShapeError, type Tensor } from '@wids/tensor'

export function checkRate(lr: number): void {
  if (!(lr >= 0 && lr < Infinity))
    throw new ArgumentError('optimizer', `the learning rate is a number of at least 0, got ${lr}`)
}

export function checkParameters(
  parameters: readonly Tensor[],
  groups: readonly { readonly parameters: readonly Tensor[] }[],
): void {
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
