import { Generator, randn, type Tensor } from '@wids/tensor'
import { expect, it } from 'vitest'
import * as nn from '../src/index.ts'

const x = randn([3, 4], { generator: new Generator(9) }).mul(4)

it.each<readonly [string, nn.Layer, (x: Tensor) => Tensor]>([
  ['ELU', new nn.ELU(0.5), x => nn.elu(x, 0.5)],
  ['SELU', new nn.SELU(), nn.selu],
  ['Mish', new nn.Mish(), nn.mish],
  ['QuickGELU', new nn.QuickGELU(), nn.quickGelu],
  ['Softplus', new nn.Softplus({ beta: 2, threshold: 3 }), x => nn.softplus(x, { beta: 2, threshold: 3 })],
  ['GLU', new nn.GLU(), x => nn.glu(x)],
  ['GEGLU', new nn.GEGLU(1), x => nn.geglu(x, 1)],
  ['SwiGLU', new nn.SwiGLU(), x => nn.swiglu(x)],
  ['Hardtanh', new nn.Hardtanh(-2, 0.5), x => nn.hardtanh(x, -2, 0.5)],
  ['ReLU6', new nn.ReLU6(), nn.relu6],
  ['Hardsigmoid', new nn.Hardsigmoid(), nn.hardsigmoid],
  ['Hardswish', new nn.Hardswish(), nn.hardswish],
  ['Identity', new nn.Identity(), x => x],
  ['Upsample', new nn.Upsample({ scaleFactor: 2 }), x => nn.interpolate(x, { scaleFactor: 2 })],
])('%s is its function as a module', async (_, layer, compute) => {
  const given = layer instanceof nn.Upsample ? x.reshape([1, 1, 3, 4]) : x
  expect(layer.parameters()).toEqual([])
  expect(await layer.forward(given).toArray()).toEqual(await compute(given).toArray())
})
