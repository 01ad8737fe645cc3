import { describe, expect, test } from 'vitest'
import { passing } from '../handle.ts'
import { compile, manualSeed, memory, ones, randn, realize, tensor, type Tensor, zeros } from '../index.ts'

describe('assign', () => {
  test('sets what the handle means; graphs built before keep the old value', async () => {
    const w = tensor([1, 2])
    const before = w.mul(10)
    w.assign(w.add(1))
    expect(await w.toArray()).toEqual([2, 3])
    expect(await before.toArray()).toEqual([10, 20])
    expect(await w.mul(10).toArray()).toEqual([20, 30])
  })

  test('copies: two tensors that are assigned one value stay apart', async () => {
    const [a, b, value] = [zeros([2]), zeros([2]), tensor([1, 2])]
    a.assign(value)
    b.assign(a)
    a.assign(a.add(1))
    expect(await a.toArray()).toEqual([2, 3])
    expect(await b.toArray()).toEqual([1, 2])
    expect(await value.toArray()).toEqual([1, 2])
  })

  test('of another shape or dtype says both', () => {
    expect(() => zeros([2]).assign(zeros([3]))).toThrow('assign: the tensor is [2], the value is [3]')
    expect(() => zeros([2]).assign(zeros([2], 'i32'))).toThrow("convert it with .to('f32')")
  })

  test('keeps a value made two steps ago, and says so when an older one is gone', async () => {
    const w = ones([2048])
    const made: Tensor[] = []
    for (let step = 0; step < 5; step++) {
      const value = w.sum()
      const twice = value.mul(2)
      made.push(twice)
      w.assign(w.add(twice.div(4096)))
      w.start()
    }
    expect(await made[4]!.item()).toBeCloseTo(2 * 2048 * 2 ** 4, 0)
    await expect(made[1]!.item()).rejects.toThrow('updated more than twice since')
  })

  test('overwrites in place what only passing tensors were made of', async () => {
    const state = zeros([4096])
    const advance = (): void => passing(() => void state.assign(state.mul(2).add(1)).start())
    for (let i = 0; i < 2; i++) advance()
    const { live } = memory()
    for (let i = 0; i < 3; i++) advance()
    expect(memory().live).toBe(live)
    expect(await state.at(7).item()).toBe(2 ** 5 - 1)
  })

  test('keeps a value in its place for a tensor that may be held', async () => {
    const state = zeros([4096])
    await realize(state)
    const held = state.add(3)
    passing(() => void state.assign(held.mul(2)).start())
    expect(await held.at(0).item()).toBe(3)
    const passed = passing(() => state.add(1))
    passing(() => void state.assign(passed).start())
    expect(await state.at(0).item()).toBe(7)
    await expect(passed.data()).rejects.toThrow('replaced in place')
  })
})

describe('compile', () => {
  test('replays with new arguments and updates what it assigns', async () => {
    const w = tensor([1, 1])
    let traces = 0
    const step = compile((x: Tensor, scale: Tensor) => {
      traces++
      w.assign(w.add(x.mul(scale)))
      return { sum: w.sum(), parts: [w.mul(2)] }
    })
    await step(tensor([1, 2]), tensor(1)).sum.item()
    const { sum, parts } = step(tensor([1, 2]), tensor(10))
    expect(await sum.item()).toBe(2 + 3 + 30)
    expect(await parts[0]!.toArray()).toEqual([24, 46])
    expect(await w.toArray()).toEqual([12, 23])
    expect(traces).toBe(1)
  })

  test('takes typed arrays, and traces anew for other shapes and other plain values', async () => {
    let traces = 0
    const double = compile((x: Float32Array | Tensor, factor: number) => {
      traces++
      return (x as Tensor).mul(factor)
    })
    expect(await double(new Float32Array([1, 2]), 2).toArray()).toEqual([2, 4])
    expect(await double(new Float32Array([3, 4]), 2).toArray()).toEqual([6, 8])
    expect(await double(new Float32Array([1, 2, 3]), 2).toArray()).toEqual([2, 4, 6])
    expect(await double(new Float32Array([1, 2]), 3).toArray()).toEqual([3, 6])
    expect(traces).toBe(3)
  })

  test('sees what was assigned outside, and outside sees what it assigned', async () => {
    const w = tensor([1, 2])
    const next = compile(() => {
      w.assign(w.mul(2))
      return w.sum()
    })
    expect(await next().item()).toBe(6)
    w.assign(tensor([10, 20]))
    expect(await next().item()).toBe(60)
    const kept = w.add(0.5)
    expect(await next().item()).toBe(120)
    expect(await kept.toArray()).toEqual([20.5, 40.5])
    expect(await w.toArray()).toEqual([40, 80])
  })

  test('overwrites its state in place once nothing else refers to it', async () => {
    const state = zeros([4096])
    await realize(state)
    const step = compile(() => {
      state.assign(state.add(1))
    })
    step()
    await realize(state)
    const { live } = memory()
    for (let i = 0; i < 100; i++) step()
    await realize(state)
    expect(memory().live).toBe(live)
    expect(await state.at(7).item()).toBe(101)
  })

  test.each([
    [40, 37, 53],
    [900, 130, 70],
    [300, 1, 200],
  ])('updates state in place behind a product of %i × [%i, %i] as beside it', async (k, m, n) => {
    manualSeed(4)
    const [x, y, momentum, state] = [randn([k, m]), randn([k, n]), randn([m, n]), randn([m, n])]
    const update = (): void => {
      momentum.assign(momentum.mul(0.9).add(x.transpose().matmul(y)))
      state.assign(state.sub(momentum.mul(0.1)))
    }
    const [before, start] = [await momentum.data(), await state.data()]
    const step = compile(update)
    const { inputs, outputs } = step.program().memory
    expect([inputs, outputs]).toEqual([4 * (k * m + k * n + 2 * m * n), 0])
    for (let i = 0; i < 3; i++) step()
    const inPlace = [await momentum.data(), await state.data()]
    momentum.assign(tensor(before, { shape: [m, n] }))
    state.assign(tensor(start, { shape: [m, n] }))
    for (let i = 0; i < 3; i++) {
      update()
      await realize(momentum, state)
    }
    expect([await momentum.data(), await state.data()]).toEqual(inPlace)
  })

  test('a value that is being read is not overwritten', async () => {
    const state = zeros([4096])
    const step = compile(() => {
      state.assign(state.add(1))
    })
    step()
    const reading = state.data()
    for (let i = 0; i < 3; i++) step()
    expect((await reading)[0]).toBe(1)
    expect(await state.at(0).item()).toBe(4)
  })

  test('reading inside is an error that says what to do', async () => {
    const peek = compile((x: Tensor) => {
      void x.add(1).start()
      return x
    })
    expect(() => peek(tensor(1))).toThrow('return the tensor and read it outside')
  })
})

describe('reading', () => {
  test('an index out of range rejects the read, and the device stays usable', async () => {
    const table = tensor([1, 2, 3])
    const picked = table.gather(0, tensor(new Int32Array([0, 70])))
    await expect(picked.data()).rejects.toThrow('index 70 is out of range for an axis of size 3')
    expect(await table.sum().item()).toBe(6)
  })

  test('a state that is read each turn keeps a bounded history', async () => {
    let state = zeros([8])
    for (let i = 0; i < 50; i++) {
      state = state.add(1)
      await state.data()
    }
    const depth = (node: { inputs: readonly { inputs: readonly unknown[] }[] }): number =>
      node.inputs.length === 0 ? 0 : 1 + depth(node.inputs[0] as never)
    expect(depth(state.node as never)).toBeLessThan(20)
    expect(await state.sum().item()).toBe(400)
  })

  test('a disposed tensor is an error', async () => {
    const x = tensor([1, 2])
    x.dispose()
    await expect(x.data()).rejects.toThrow('disposed')
  })
})
