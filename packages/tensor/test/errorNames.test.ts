import { describe, expect, it } from 'vitest'
import * as api from '../src/index.ts'
import { addMethods } from '../src/naming.ts'

const { Tensor, tensor, WidsError, zeros } = api

const x = zeros([2, 3])
const other = zeros([7])
/** What types forbid and JavaScript lets through. */
const wrong = <T>(value: unknown): T => value as T

const withoutArguments =
  'detach neg abs sign floor ceil round trunc sqrt rsqrt exp log log1p expm1 sin cos tanh erf square reciprocal isNaN ' +
  'isFinite logicalNot sigmoid relu silu softplus'

/** Calls of each method that it refuses. */
const methods: Record<string, (() => unknown)[]> = {
  to: [() => x.to(wrong('f99')), () => x.to(wrong(null))],
  bitcast: [() => x.bitcast('bool'), () => x.bitcast(wrong(undefined))],
  toDevice: [() => x.toDevice(wrong('tpu'))],
  clamp: [() => x.clamp(), () => x.clamp(other), () => x.clamp(0, wrong('x'))],
  normalize: [() => x.to('i32').normalize(), () => x.normalize(wrong(null))],
  leakyRelu: [() => x.leakyRelu(wrong(null))],
  elu: [() => x.elu(wrong('x'))],
  gelu: [() => x.gelu(wrong('erf'))],
  softmax: [() => x.softmax(2), () => x.softmax(NaN), () => x.softmax(wrong(null))],
  logSoftmax: [() => x.logSoftmax(-3), () => x.logSoftmax(wrong('x'))],
  argmax: [() => x.argmax(2), () => zeros([2, 0]).argmax(1), () => zeros([0]).argmax()],
  argmin: [() => x.argmin(2), () => zeros([2, 0]).argmin(1)],
  cumsum: [() => x.cumsum(2), () => x.cumsum(wrong(undefined))],
  reshape: [() => x.reshape([4]), () => x.reshape([-1, 4]), () => x.reshape([1.5]), () => x.reshape(wrong(null))],
  flatten: [() => x.flatten(1, 0), () => x.flatten(2)],
  permute: [() => x.permute([0, 0]), () => x.permute(wrong(1))],
  transpose: [() => x.transpose(0, 2), () => zeros([2]).transpose()],
  expand: [() => x.expand([4, 3]), () => x.expand([3]), () => x.expand(wrong(null))],
  squeeze: [() => x.squeeze(2), () => x.squeeze(NaN)],
  unsqueeze: [() => x.unsqueeze(3), () => x.unsqueeze(wrong(undefined))],
  at: [() => x.at(2), () => x.at(0.5), () => x.at(0, 0, 0), () => x.at([0, 2, 0]), () => x.at([NaN])],
  narrow: [() => x.narrow(0, 1, 2), () => x.narrow(2, 0, 1), () => x.narrow(0, 0, wrong(undefined))],
  split: [() => x.split(0), () => x.split([1, 2]), () => x.split(1, 2), () => x.split([3, -1])],
  chunk: [() => x.chunk(0), () => x.chunk(2, 2), () => x.chunk(NaN)],
  flip: [() => x.flip(2), () => x.flip([0, 0]), () => x.flip(wrong(null))],
  pad: [
    () =>
      x.pad([
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    () => x.pad(wrong([1, 2])),
    () => x.pad(wrong(null)),
  ],
  repeat: [() => x.repeat([-1]), () => x.repeat([1.5]), () => x.repeat(wrong(2))],
  unfold: [() => x.unfold(0, 3), () => x.unfold(2, 1), () => x.unfold(0, 0)],
  gather: [() => x.gather(0, x), () => x.gather(2, x.to('i32')), () => x.gather(0, zeros([2], 'i32'))],
  scatterAdd: [() => x.scatterAdd(0, x.to('i32'), other), () => x.scatterAdd(0, wrong(null), x)],
  sliceScatter: [() => x.sliceScatter(x, 0, 1), () => x.sliceScatter(other), () => x.sliceScatter(wrong(null))],
  indexSelect: [() => x.indexSelect(0, x), () => x.indexSelect(2, zeros([1], 'i32')), () => x.indexSelect(0, wrong(0))],
  argsort: [() => x.argsort(2)],
  sort: [() => x.sort(2), () => x.sort(NaN)],
  topk: [() => x.topk(4), () => x.topk(1, 2), () => x.topk(wrong(null))],
  maskedFill: [() => x.maskedFill(x, 0), () => x.maskedFill(other.eq(0), 0), () => x.maskedFill(wrong(true), 0)],
  matmul: [() => x.matmul(x), () => x.matmul(zeros([])), () => x.matmul(wrong('x')), () => x.matmul(wrong(2))],
  tril: [() => other.tril(), () => x.tril(0.5)],
  triu: [() => other.triu(), () => x.triu(wrong(null))],
}
const operands = 'add sub mul div floorDivide remainder pow maximum minimum lt le gt ge eq ne' as const
for (const name of operands.split(' ') as 'add'[])
  methods[name] = [other, null, undefined, 'x', {}].map(value => () => x[name](wrong(value)))
const bits = 'and or xor shiftLeft shiftRight' as const
for (const name of bits.split(' ') as 'and'[])
  methods[name] = [
    () => x[name](x),
    () => zeros([2], 'i32')[name](zeros([3], 'i32')),
    () => zeros([2], 'i32')[name](wrong(null)),
  ]
const reductions = 'sum mean prod max min var std norm logsumexp any all' as const
for (const name of reductions.split(' ') as 'sum'[])
  methods[name] = [2, 0.5, NaN, [0, 0], null, 'x', x].map(axes => () => x[name](wrong(axes)))
for (const name of ['max', 'min'] as const) methods[name]!.push(() => zeros([0])[name]())

/** Calls of each function that it refuses. */
const functions: Record<string, (() => unknown)[]> = {
  attention: [() => api.attention(x, other, x), () => api.attention(x, x, wrong(null))],
  arange: [() => api.arange(NaN), () => api.arange(0, 1, 0), () => api.arange(3, 4, 1, wrong('f99'))],
  eye: [() => api.eye(-1), () => api.eye(2, 0.5), () => api.eye(wrong(null))],
  full: [() => api.full([-1], 0), () => api.full([1], wrong(null)), () => api.full([1], 0, wrong('f99'))],
  linspace: [() => api.linspace(0, 1, -1), () => api.linspace(wrong('x'), 1, 2)],
  oneHot: [() => api.oneHot(x, -1), () => api.oneHot(wrong(null), 3)],
  ones: [() => api.ones([1.5]), () => api.ones([1], wrong('f99'))],
  zeros: [() => zeros([NaN]), () => zeros(wrong(3))],
  onesLike: [() => api.onesLike(wrong([2]))],
  zerosLike: [() => api.zerosLike(wrong(undefined))],
  tensor: [
    () => tensor([[1], [1, 2]]),
    () => tensor(wrong(['x'])),
    () => tensor(wrong(null)),
    () => tensor(wrong(x)),
    () => tensor([1], { dtype: wrong('f99') }),
    () => tensor(wrong(['x']), { dtype: 'f32' }),
    () => tensor([1], { shape: [2] }),
  ],
  where: [() => api.where(x, 1, 0), () => api.where(x.eq(0), other, 0), () => api.where(wrong(null), 1, 0)],
  concat: [() => api.concat([]), () => api.concat([x, other]), () => api.concat([x], 2), () => api.concat(wrong(null))],
  stack: [() => api.stack([]), () => api.stack([x, other]), () => api.stack([x], 3), () => api.stack(wrong([null]))],
  einsum: [() => api.einsum('ij', x, x), () => api.einsum('ij,jk', x, x), () => api.einsum(wrong(null), x)],
  rand: [() => api.rand([-1]), () => api.rand([1], { dtype: wrong('f99') })],
  randn: [() => api.randn([-1]), () => api.randn(wrong(null))],
  randint: [() => api.randint(1, 1, [2]), () => api.randint(0, 2, [-1])],
  randperm: [() => api.randperm(-1), () => api.randperm(1.5)],
  bernoulli: [() => api.bernoulli(1.5, [2]), () => api.bernoulli(NaN, [2]), () => api.bernoulli(0.5, [-1])],
  manualSeed: [() => api.manualSeed(1.5)],
  Generator: [() => new api.Generator(1.5), () => new api.Generator(1).loadStateDict({ state: x })],
  setDevice: [() => api.setDevice(wrong('tpu'))],
  memory: [() => api.memory(wrong('tpu'))],
  setThreads: [() => api.setThreads(0)],
  setBlas: [() => api.setBlas('/nowhere/blas.js')],
  compile: [() => api.compile(wrong<() => void>(null))],
  realize: [() => api.realize(wrong(null))],
}

/** What a call throws or rejects with. */
const errorOf = async (call: () => unknown): Promise<unknown> => {
  try {
    await call()
  } catch (error) {
    return error
  }
  return undefined
}

describe.each(Object.entries({ ...methods, ...functions }))('%s', (name, calls) => {
  it.each(calls.map((call, i) => [i, call] as const))('names itself in what it refuses (%i)', async (_, call) => {
    const error = await errorOf(call)
    expect(error).toBeInstanceOf(WidsError)
    expect(error).toMatchObject({ operation: name, message: expect.stringMatching(`^${name}: `) as unknown })
    expect((error as Error).stack).toContain((error as Error).message)
  })
})

it('is asked of every method of tensors', () => {
  const names: string[] = []
  for (
    let part = Tensor.prototype as object;
    !Object.hasOwn(part, 'item');
    part = Object.getPrototypeOf(part) as object
  )
    names.push(...Object.getOwnPropertyNames(part).filter(name => name !== 'constructor'))
  expect(names.toSorted()).toEqual([...withoutArguments.split(' '), ...Object.keys(methods)].toSorted())
})

describe('a TypeError from within a method', () => {
  class Faulty {
    fail(given: unknown): void {
      throw new TypeError('ours', { cause: given })
    }
  }
  addMethods(Faulty, [Faulty])
  const call =
    (...given: unknown[]) =>
    () =>
      new Faulty().fail(...(given as [unknown]))

  it('is an ArgumentError where an argument is missing or null', () => {
    for (const given of [[], [null], [undefined], [[x, null]]]) expect(call(...given)).toThrow(api.ArgumentError)
  })
  it('stays what it is where every argument is there, as the mistake is ours', () => {
    for (const given of [x, 0, 'x', [x]]) expect(call(given)).toThrow(new TypeError('ours'))
  })
})
