import { ArgumentError, Generator, ones, randn, ShapeError, type Tensor, tensor, zeros } from '@wids/tensor'
import { grad } from '@wids/autograd'
import { describe, expect, it } from 'vitest'
import {
  buffer,
  Dropout,
  dropout,
  Embedding,
  LayerNorm,
  Linear,
  Module,
  ModuleList,
  parameter,
  ReLU,
  Sequential,
} from '../src/index.ts'

class Block extends Module {
  scale = parameter(ones([2]))
  mean = buffer(zeros([2]))
  layers = [new Linear(2, 3), new Linear(3, 2, { bias: false })]
  heads = { left: new Linear(2, 1), right: new Linear(2, 1, { bias: false }) }
  drop = new Dropout(0.5)
  size = 3
  name = 'block'
  #mask = ones([2])
  forward(x: Tensor): Tensor {
    return this.layers.reduce((h, layer) => layer.forward(h), x.mul(this.scale).add(this.mean).mul(this.#mask))
  }
}

describe('fields are state', () => {
  const block = new Block()

  it('by name, in order', () => {
    const linear = [
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'heads.left.weight',
      'heads.left.bias',
      'heads.right.weight',
    ]
    expect(block.namedParameters().map(([name]) => name)).toEqual(['scale', ...linear])
    expect(block.namedBuffers().map(([name]) => name)).toEqual(['mean'])
    expect(Object.keys(block.stateDict())).toEqual(['scale', 'mean', ...linear])
    expect(block.namedModules().map(([name]) => name)).toEqual([
      '',
      'layers.0',
      'layers.1',
      'heads.left',
      'heads.right',
      'drop',
    ])
    expect(block.parameters()[0]).toBe(block.scale)
    expect(block.buffers()).toEqual([block.mean])
  })

  it('and train() and eval() reach every module', () => {
    block.eval()
    expect(block.namedModules().map(([, module]) => module.training)).not.toContain(true)
    expect(block.train().drop.training).toBe(true)
  })

  it('a tensor under two names is one parameter and two keys', () => {
    class Tied extends Module {
      embedding = new Embedding(5, 3)
      head = new Linear(3, 5, { bias: false })
    }
    const tied = new Tied()
    tied.head.weight = tied.embedding.weight
    expect(tied.namedParameters().map(([name]) => name)).toEqual(['embedding.weight'])
    expect(Object.keys(tied.stateDict())).toEqual(['embedding.weight', 'head.weight'])
  })

  it('what a plain tensor is must be said', () => {
    class Vague extends Module {
      inner = new (class Inner extends Module {
        table = zeros([3])
      })()
    }
    expect(() => new Vague().parameters()).toThrow(ArgumentError)
    expect(() => new Vague().parameters()).toThrow("the field 'inner.table' is a plain tensor; wrap it in parameter(…)")
  })

  it('a module inside itself is an error', () => {
    class Loop extends Module {
      child: Module = new ReLU()
    }
    const loop = new Loop()
    loop.child = loop
    expect(() => loop.parameters()).toThrow('contains it')
  })
})

it('stores what is real in another dtype, and what is one tensor as one', () => {
  class Tied extends Module {
    a = new Linear(2, 2)
    b = new Linear(2, 2)
    steps = buffer(tensor(new Int32Array([3])))
    mean = buffer(zeros([2]))
  }
  const tied = new Tied()
  tied.b.weight = tied.a.weight
  expect(tied.to('bf16')).toBe(tied)
  expect(tied.a.weight.dtype).toBe('bf16')
  expect(tied.b.weight).toBe(tied.a.weight)
  expect([tied.steps.dtype, tied.mean.dtype]).toEqual(['i32', 'bf16'])
  expect(tied.parameters().length).toBe(3)
  expect(tied.buffers().length).toBe(2)
})

describe('a state dict', () => {
  const state = (model: Module): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(model.stateDict()).map(([name, value]) => [name, value.mul(0).add(2)]))

  it('is taken over, in the dtypes of the module', async () => {
    const block = new Block()
    const values = { ...state(block), scale: tensor(new Int32Array([3, 4])) }
    expect(block.loadStateDict(values)).toEqual({ missing: [], unexpected: [] })
    expect([block.scale.dtype, await block.scale.toArray()]).toEqual(['f32', [3, 4]])
    expect(await block.layers[1]!.weight.toArray()).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ])
  })

  it('that does not fit changes nothing and says all that is wrong', async () => {
    const block = new Block()
    const { scale: _, ...rest } = state(block)
    const wrong = { ...rest, other: ones([1]), 'layers.0.weight': ones([2, 2]) }
    expect(() => block.loadStateDict(wrong)).toThrow(
      'the state does not fit Block; missing: scale; unexpected: other; layers.0.weight is [3, 2] here, [2, 2] there',
    )
    expect(() => block.loadStateDict(wrong, { strict: false })).toThrow('layers.0.weight')
    expect(await block.mean.toArray()).toEqual([0, 0])
  })

  it('may have other names if it need not be strict', async () => {
    const block = new Block()
    expect(block.loadStateDict({ mean: ones([2]), other: ones([1]) }, { strict: false }).unexpected).toEqual(['other'])
    expect(await block.mean.toArray()).toEqual([1, 1])
  })
})

describe('containers', () => {
  it('Sequential applies its layers in order', async () => {
    const model = new Sequential(new Linear(2, 4), new ReLU(), new Linear(4, 1))
    expect(Object.keys(model.stateDict())).toEqual(['0.weight', '0.bias', '2.weight', '2.bias'])
    expect(model.forward(ones([5, 2])).shape).toEqual([5, 1])
    expect(model[1]).toBeInstanceOf(ReLU)
    expect(model.layers.length).toBe(3)
  })

  it('ModuleList is a list', () => {
    const list = new ModuleList([new Linear(2, 2)]).append(new Linear(2, 3))
    expect(list.length).toBe(2)
    expect([...list].map(layer => layer.outFeatures)).toEqual([2, 3])
    expect(list.at(-1)).toBe(list[1])
    expect(Object.keys(list.stateDict())).toEqual(['0.weight', '0.bias', '1.weight', '1.bias'])
    expect(() => list.at(2)).toThrow('no module 2 among 2')
  })
})

describe('layers', () => {
  it('can be initialised long after other random numbers were drawn and read', async () => {
    await randn([2]).data()
    const layer = new Linear(3, 2)
    await layer.weight.data()
    for (let i = 0; i < 5; i++) await randn([2]).data()
    expect((await layer.bias!.data()).length).toBe(2)
  })

  it('dropout zeroes a part and keeps the mean, in training', async () => {
    const layer = new Dropout(0.25, { generator: new Generator(3) })
    const x = ones([4000])
    const values = [...(await layer.forward(x).data())]
    const zeroed = values.filter(v => v === 0).length
    expect(Math.abs(zeroed - 1000)).toBeLessThan(120)
    expect(new Set(values)).toEqual(new Set([0, Math.fround(4 / 3)]))
    expect(await layer.forward(x).data()).not.toEqual(Float32Array.from(values))
    expect(layer.eval().forward(x)).toBe(x)
    expect(await dropout(x, 1).sum().item()).toBe(0)
    expect(await new Dropout(0.25, { generator: new Generator(3) }).forward(x).data()).toEqual(
      Float32Array.from(values),
    )
  })

  it('dropout gives gradients where it lets values through', async () => {
    const x = ones([50])
    const y = dropout(x, 0.5, { generator: new Generator(1) })
    expect(await grad(y.sum(), x).data()).toEqual(await y.data())
  })

  it('check their input', () => {
    expect(() => new Linear(3, 2).forward(ones([2, 2]))).toThrow(ShapeError)
    expect(() => new LayerNorm([2, 3]).forward(ones([3, 2]))).toThrow('the last axes are [2, 3], got [3, 2]')
    expect(() => new Embedding(3, 2).forward(ones([2]))).toThrow("convert it with .to('i32')")
    expect(() => new Embedding(3, 2, { paddingIdx: 3 })).toThrow('paddingIdx')
    expect(() => new Dropout(1.5)).toThrow('between 0 and 1')
  })

  it('Embedding keeps its padding row at zero', async () => {
    const layer = new Embedding(4, 2, { paddingIdx: -1 })
    expect(await layer.forward(tensor(new Int32Array([3]))).toArray()).toEqual([[0, 0]])
  })
})
