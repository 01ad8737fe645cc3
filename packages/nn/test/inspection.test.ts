import { grad } from '@wids/autograd'
import { ArgumentError, compile, Generator, randn, type Tensor, tensor } from '@wids/tensor'
import { expectClose } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'

const generator = new Generator(3)

class Tagger extends nn.Module {
  embedding = new nn.Embedding(5, 3, { generator })
  layers = [new nn.Linear(3, 4, { generator }), new nn.Linear(4, 4, { bias: false, generator })]
  norm = new nn.BatchNorm1d(4)
  gru = new nn.GRU(4, 2, { generator })
  tied = this.layers[0]!.weight
  forward(index: Tensor): Tensor {
    const h = this.layers.reduce((x, layer) => layer.forward(x).relu(), this.embedding.forward(index)) // [time, 4]
    return this.gru.forward(this.norm.forward(h))[0] // [time, 2]
  }
}
const index = tensor(new Int32Array([1, 4, 2]))

describe('a summary', () => {
  it('lists each tensor once, with its module, numbers and bytes', () => {
    const { rows, parameters, bytes } = nn.summary(new Tagger())
    expect(rows.slice(0, 3).map(({ name, module, shape, elements }) => [name, module, shape, elements])).toEqual([
      ['embedding.weight', 'Embedding', [5, 3], 15],
      ['layers.0.weight', 'Linear', [4, 3], 12],
      ['layers.0.bias', 'Linear', [4], 4],
    ])
    expect(rows.map(row => row.name)).not.toContain('tied')
    expect(rows.filter(row => row.kind === 'buffer').map(row => [row.name, row.dtype])).toEqual([
      ['norm.running_mean', 'f32'],
      ['norm.running_var', 'f32'],
      ['norm.num_batches_tracked', 'i32'],
    ])
    expect(parameters).toBe(15 + 16 + 16 + 8 + 24 + 12 + 12)
    expect(bytes).toBe(4 * (parameters + 9))
  })

  it('is a table as a string', () => {
    const model = new nn.Sequential(new nn.Linear(16, 32), new nn.Linear(32, 2, { bias: false }))
    expect(String(nn.summary(model)).split('\n')).toEqual([
      'name      module  shape     elements  bytes',
      '0.weight  Linear  [32, 16]       512  2,048',
      '0.bias    Linear  [32]            32    128',
      '1.weight  Linear  [2, 32]         64    256',
      '608 parameters, 2,432 bytes',
    ])
  })
})

describe('forward hooks', () => {
  it('see and replace outputs until they are taken away, in any order', async () => {
    const layer = new nn.Linear(2, 2, { generator })
    const x = randn([3, 2], { generator })
    const seen: unknown[] = []
    const first = nn.onForward(layer, (output, inputs, module) => void seen.push(output, inputs[0], module))
    const second = nn.onForward(layer, output => (output as Tensor).mul(0))
    const y = layer.forward(x)
    expect(seen.slice(1)).toEqual([x, layer])
    expect((await y.data()).every(value => value === 0)).toBe(true)
    expect(Object.keys(layer.stateDict())).toEqual(['weight', 'bias'])
    first()
    layer.forward(x)
    expect(seen.length).toBe(3)
    second()
    second()
    expect(Object.hasOwn(layer, 'forward')).toBe(false)
    expect((await layer.forward(x).data()).every(value => value !== 0)).toBe(true)
  })

  it('capture the outputs of modules, compiled too', async () => {
    const model = new Tagger().eval()
    const { result, outputs } = nn.captureForward(model, () => model.forward(index))
    expect(Object.entries(outputs).map(([name, output]) => [name, output.shape])).toEqual([
      ['embedding', [3, 3]],
      ['layers.0', [3, 4]],
      ['layers.1', [3, 4]],
      ['norm', [3, 4]],
      ['gru.0', [3, 2]],
      ['gru.1', [1, 2]],
    ])
    expect(outputs['gru.0']).toBe(result)
    const run = compile((index: Tensor) =>
      nn.captureForward(
        model,
        () => model.forward(index),
        name => name === 'norm',
      ),
    )
    expectClose(await run(index).outputs['norm']!.data(), await outputs['norm']!.data())
    expect(() => nn.onForward(new nn.Module(), () => undefined)).toThrow(ArgumentError)
  })

  it('leave no hook behind an error', () => {
    const model = new Tagger()
    const fail = (): never => {
      throw new Error('stop')
    }
    expect(() => nn.captureForward(model, fail)).toThrow('stop')
    expect(model.namedModules().some(([, module]) => Object.hasOwn(module, 'forward'))).toBe(false)
  })
})

it('gradient norms have the parameters’ names', async () => {
  const model = new nn.Sequential(new nn.Linear(2, 1, { generator }))
  const norms = nn.gradientNorms(model, [tensor([[3, 4]]), tensor([-2])])
  expect(await Promise.all(Object.values(norms).map(norm => norm.item()))).toEqual([5, 2])
  expect(Object.keys(norms)).toEqual(['0.weight', '0.bias'])
  expect(() => nn.gradientNorms(model, [])).toThrow('2 parameters have as many gradients, got 0')
})

describe('checkFinite', () => {
  it('passes what is finite', async () => {
    await expect(nn.checkFinite(new Tagger())).resolves.toBeUndefined()
    await expect(nn.checkFinite({ index })).resolves.toBeUndefined()
  })

  it('names the first tensor that is not, its module and element', async () => {
    const model = new Tagger()
    model.layers[1]!.weight.assign(tensor([[0, 0, 0, 0], [0, 0, NaN, 0], [0, 0, 0, Infinity], [0, 0, 0, 0]])) // prettier-ignore
    const error: unknown = await nn.checkFinite(model).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(nn.NonFiniteError)
    expect(error).toMatchObject({ tensor: 'layers.1.weight', module: 'Linear', count: 2, index: 6 })
    expect(String(error)).toContain('layers.1.weight of Linear: element 6 is NaN; 2 elements are not finite')
    const { outputs } = nn.captureForward(model.eval(), () => model.forward(index))
    await expect(nn.checkFinite(outputs, model)).rejects.toThrow('layers.1 of Linear')
    const parameters = Object.fromEntries(model.namedParameters())
    const slopes = grad(model.forward(index).sum(), parameters)
    await expect(nn.checkFinite(slopes, model)).rejects.toThrow(nn.NonFiniteError)
  })
})
