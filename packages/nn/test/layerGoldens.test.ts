import { grad } from '@wids/autograd'
import { type GoldenTensor, readGolden, tolerances } from '@wids/testing'
import type { Tensor } from '@wids/tensor'
import { expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { expectGolden, make, type Numbers, onEachDevice, type Options, title, weighted } from './golden.ts'

interface Case {
  readonly name: string
  readonly args: readonly unknown[]
  readonly options: Options
  readonly training: boolean
  readonly inputs: readonly GoldenTensor[]
  readonly state: Numbers
  readonly outputs: readonly GoldenTensor[]
  readonly gradients: Numbers
  readonly after: Numbers
}

const cases = readGolden<readonly Case[]>(new URL('goldens/layers.json', import.meta.url))

type Outputs = Tensor | readonly Outputs[]
type Callable = (...args: readonly unknown[]) => Outputs
type Constructor = new (...args: readonly unknown[]) => nn.Module & { forward: Callable }

const flat = (outputs: Outputs): Tensor[] =>
  Array.isArray(outputs) ? (outputs as readonly Outputs[]).flatMap(flat) : [outputs as Tensor]

/** A module of the library, or one of its functions as a module. */
function build({ name, args, options }: Case): nn.Module & { forward: Callable } {
  const made = (nn as unknown as Readonly<Record<string, unknown>>)[name]
  if (/^[A-Z]/.test(name))
    return new (made as Constructor)(...args, ...(Object.keys(options).length > 0 ? [options] : []))
  const rest = Object.keys(options).length > 0 ? [...args, options] : args
  return Object.assign(new nn.Module(), { forward: (x: unknown) => (made as Callable)(x, ...rest) })
}

/** What the layer makes of its inputs; states of recurrent layers follow their input. */
function run(layer: { forward: Callable }, { name, options }: Case, [x, ...more]: readonly Tensor[]): Tensor[] {
  if (!['RNN', 'LSTM', 'GRU'].includes(name)) return flat(layer.forward(x, ...more))
  const state = more.length > 1 ? more : more[0]
  return flat(layer.forward(x, state, { lengths: options['lengths'] }))
}

onEachDevice('PyTorch agrees about', () => {
  it.each(cases.map(c => [`${title(c)}${c.training ? '' : ' eval'}`, c] as const))('%s', async (_, c) => {
    const layer = build(c).train(c.training)
    expect(Object.keys(layer.stateDict())).toEqual(Object.keys(c.state))
    layer.loadStateDict(Object.fromEntries(Object.entries(c.state).map(([key, value]) => [key, make(value)])))
    const inputs = c.inputs.map(make)
    const outputs = run(layer, c, inputs)
    for (const [i, golden] of c.outputs.entries()) await expectGolden(outputs[i]!, golden, tolerances.rounded, `y${i}`)
    for (const [key, golden] of Object.entries(c.after))
      await expectGolden(layer.stateDict()[key]!, golden, tolerances.rounded, key)
    const total = outputs.map(weighted).reduce((a, b) => a.add(b))
    const given = Object.fromEntries(inputs.map((x, i) => [`input${i}`, x]))
    const slopes = grad(total, { ...given, ...Object.fromEntries(layer.namedParameters()) })
    expect(Object.keys(slopes).toSorted()).toEqual(Object.keys(c.gradients).toSorted())
    for (const [key, slope] of Object.entries(slopes))
      await expectGolden(slope, c.gradients[key]!, tolerances.gradient, key)
  })
})
