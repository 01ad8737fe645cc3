import {
  concat,
  arange,
  attention,
  type AttentionOptions,
  Generator,
  rand,
  type Tensor,
  tensor,
  where,
  zeros,
} from '@wids/tensor'
import { type Primitive, topological } from '@wids/tensor/graph'
import { describe, expect, it } from 'vitest'
import { checkGradients, grad } from '../src/index.ts'

type Numbers = number | readonly Numbers[]

/** A smooth function that applies the primitive, and where to check it. */
type Case = readonly [fn: (x: Tensor, y: Tensor, z: Tensor) => Tensor, ...inputs: readonly Numbers[]]

const a = [
  [0.3, -1.2, 0.7],
  [1.9, 0.45, -0.8],
]
const b = [
  [1.1, 0.55, -0.9],
  [-0.35, 2.2, 1.4],
]
const positive = [
  [0.3, 1.2, 0.7],
  [1.9, 0.45, 2.8],
]
const cube = [a, b, positive, a]
/** The index on the device of x, where checks run. */
const indexFor = (x: Tensor): Tensor => arange(6).reshape([2, 3]).remainder(x.shape[0]!)

/** Attention of heads [heads, time, channels], in a form that its gradient can be seen in. */
const attend = (query: Tensor, key: Tensor, value: Tensor, options?: AttentionOptions): Tensor =>
  attention(query, key, value, options).square()

/** At least one case for each primitive; the compiler names the one that is missing. */
const cases: { readonly [Op in Primitive]: readonly Case[] } = {
  buffer: [[x => x.mul(x), a]],
  constant: [[x => x.mul(3).add(x), a]],
  iota: [[x => x.mul(arange(3)).mul(x), a]],
  randomBits: [[x => x.mul(rand([2, 3], { generator: new Generator(5) })).mul(x), a]],
  neg: [[x => x.neg().mul(x), a]],
  abs: [[x => x.abs().mul(x), a]],
  sign: [[x => x.sign().mul(x), a]],
  floor: [[x => x.floor().mul(x), a]],
  ceil: [[x => x.ceil().mul(x), a]],
  round: [[x => x.round().mul(x), a]],
  trunc: [[x => x.trunc().mul(x), a]],
  sqrt: [[x => x.sqrt(), positive]],
  rsqrt: [[x => x.rsqrt(), positive]],
  exp: [[x => x.exp(), a]],
  log: [[x => x.log(), positive]],
  sin: [[x => x.sin(), a]],
  cos: [[x => x.cos(), a]],
  tanh: [[x => x.tanh(), a]],
  sigmoid: [[x => x.sigmoid(), a]],
  erf: [[x => x.erf(), a]],
  not: [[x => where(x.gt(0).logicalNot(), x.mul(x), x), a]],
  detach: [[x => x.sign().detach().mul(x).mul(x), a]],
  add: [
    [(x, y) => x.add(y).mul(x), a, b],
    [(x, y) => x.add(y).mul(y), a, b[0]!],
    [x => x.add(x.transpose().at(0).sum()), a],
  ],
  sub: [
    [(x, y) => x.sub(y).mul(y), a, b],
    [(x, y) => x.sub(y).square(), 0.4, b],
  ],
  mul: [
    [(x, y) => x.mul(y), a, b],
    [(x, y) => x.mul(y).mul(x), a, [[2], [3]]],
    [x => x.mul(x).mul(x), a],
  ],
  div: [
    [(x, y) => x.div(y), a, b],
    [(x, y) => x.div(y), 2, b],
  ],
  mod: [[(x, y) => x.remainder(y).mul(x), a, b]],
  pow: [
    [(x, y) => x.pow(y), positive, b],
    [x => x.pow(3), a],
    [x => x.pow(-1.5), positive],
    [(x, y) => x.pow(y), 2.5, a],
    [x => x.pow(4), [0, 0.5]],
  ],
  max: [[(x, y) => x.maximum(y).mul(x), a, b]],
  min: [[(x, y) => x.minimum(y).mul(y), a, b]],
  less: [[(x, y) => where(x.lt(y), x.mul(y), x), a, b]],
  lessEqual: [[(x, y) => where(x.le(y), x.mul(y), x), a, b]],
  equal: [[(x, y) => where(x.eq(y), x.mul(y), x), a, b]],
  notEqual: [[(x, y) => where(x.ne(y), x.mul(y), x), a, b]],
  and: [[(x, y) => where(x.gt(0).and(y.gt(0)), x.mul(y), x), a, b]],
  or: [[(x, y) => where(x.gt(0).or(y.gt(0)), x.mul(y), x), a, b]],
  xor: [[(x, y) => where(x.gt(0).xor(y.gt(0)), x.mul(y), x), a, b]],
  shiftLeft: [[x => x.to('i32').shiftLeft(2).mul(x).mul(x), a]],
  shiftRight: [[x => x.mul(8).to('i32').shiftRight(1).mul(x).mul(x), a]],
  where: [
    [(x, y) => where(x.gt(0.4), x.mul(y), y.mul(y)), a, b],
    [x => where(x.gt(0), x.square(), 0), a],
  ],
  // The step through f32 costs digits, so it is one that f32 holds exactly.
  cast: [
    [x => x.to('i32').to('f64').mul(x).mul(x), a],
    [x => arange(3).to('f64').mul(x).mul(x), a],
  ],
  bitcast: [[x => x.mul(arange(3).bitcast('u32').to('f64')).mul(x), a]],
  sum: [
    [x => x.sum(0).square(), a],
    [x => x.sum().square(), a],
    [x => x.sum([0, 2], true).square(), cube],
  ],
  reduceMax: [
    [x => x.max(1).square(), a],
    [x => x.max().mul(x), a],
    [x => x.max([0, 1]).square(), [b, positive]],
  ],
  prod: [
    [x => x.prod(0), cube],
    [x => x.prod([0, 2]), cube],
    [
      x => x.prod(1).square(),
      [
        [0, 2, 3, -1],
        [0, 0, 4, 1.5],
        [1, 2, 0, 3],
        [0, 0, 0, 2],
      ],
    ],
    [x => x.prod(), [1.5, 2]],
  ],
  argmax: [[x => x.argmax(1).unsqueeze(-1).mul(x).mul(x), a]],
  cumsum: [
    [x => x.cumsum(1).square(), a],
    [x => x.cumsum(0).mul(x), cube],
  ],
  reshape: [[x => x.reshape([3, 2]).square(), a]],
  permute: [
    [
      x =>
        x
          .permute([2, 0, 1])
          .square()
          .mul(x.reshape([3, 4, 2])),
      cube,
    ],
  ],
  expand: [
    [(x, y) => x.unsqueeze(0).expand([4, 2, 3]).mul(y), a, cube],
    [x => x.expand([2, 3]).square(), [[2], [3]]],
  ],
  pad: [
    [
      x =>
        x
          .pad(
            [
              [1, 2],
              [0, 1],
            ],
            3,
          )
          .square(),
      a,
    ],
    [x => x.pad([[-1, 1]]).square(), a],
  ],
  slice: [
    [x => x.at(1, [0, 2]).square(), a],
    [x => x.at([1, null, 2], null, [null, null, 2]).square(), cube],
    [x => x.at(null, [1, 1]).sum().add(x.square().sum()), a],
    [x => x.at([0, null, 3]).square(), [1, 2, 3, 4, 5]],
  ],
  flip: [[x => x.flip([0, 1]).mul(x), a]],
  window: [
    [x => x.unfold(1, 2).square(), a],
    [x => x.unfold(0, 3, 2, 2).square(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [x => x.unfold(0, 2, 2).unfold(2, 2, 1).square(), cube],
    [x => x.unfold(1, 1, 2).square(), a],
  ],
  matmul: [
    [(x, y) => x.matmul(y.transpose()), a, b],
    [
      (x, y) => x.matmul(y).mul(x.sum()),
      cube,
      [
        [1, 2],
        [0.5, -1],
        [3, 1],
      ],
    ],
    [(x, y) => x.matmul(y).square(), a, [1, 2, 3]],
    [(x, y) => x.unsqueeze(0).matmul(y.transpose(1, 2)), a, cube],
  ],
  attention: [
    [x => attend(x, x.mul(0.7), x.sin()), cube],
    [(x, y) => attend(x, x.mul(x), y.add(1), { causal: true, scale: 0.8 }), cube, cube],
    [
      (x, y, z) => attend(x, y, x, { bias: z }),
      cube,
      cube,
      [
        [0.1, 0.2],
        [-1, -Infinity],
      ],
    ],
    // Behind what a cache holds.
    [(x, y) => attend(x.narrow(1, 0, 1), y, x, { causal: true, offset: arange(2).at(1) }), cube, [b, a, b, a]],
    [
      (x, y, z) => attend(x.narrow(-2, 0, 1), x, y, { causal: true, offset: arange(1).at(0), bias: z }),
      cube,
      cube,
      [[0.1, 0.2]],
    ],
    // Two heads of the query share one of key and value.
    [(x, y) => attend(x, y, y.square(), { causal: true }), cube, [b]],
  ],
  attentionGradient: [
    [x => grad(attend(x, x, x).square().sum(), x).square(), cube],
    [
      (x, y, z) => {
        const slopes = grad(attend(x, y, x.mul(y), { bias: z, causal: true }).square().sum(), [x, y, z])
        return slopes.map(slope => slope.square().sum()).reduce((p, q) => p.add(q))
      },
      cube,
      [a, b, a, b],
      [
        [0.3, -0.2],
        [-1, 0.5],
      ],
    ],
  ],
  gather: [
    [x => x.gather(0, indexFor(x)).square(), a],
    [x => x.indexSelect(1, arange(4).remainder(3)).square(), a],
  ],
  scatterAdd: [
    [(x, y) => x.scatterAdd(0, indexFor(x), y).square(), a, b],
    [(_, y) => zeros([2, 3], y.dtype).scatterAdd(0, indexFor(y), y).square(), a, b],
  ],
  concat: [
    [(x, y) => concat([x, y, x.mul(y)], 0).square(), a, b],
    [(x, y) => concat([x, x, y.narrow(1, 0, 1), x.mul(y)], 1).square(), a, b],
  ],
  sliceScatter: [
    [(x, y) => x.sliceScatter(y.narrow(1, 0, 2), 1, 1).square(), a, b],
    // Rows before and behind the base are left out.
    [(x, y) => x.sliceScatter(y, 0, arange(2).at(1)).square(), a, b],
    [(x, y) => x.sliceScatter(y, 1, arange(2).at(1).sub(3)).square(), a, b],
  ],
  argsort: [
    [x => x.sort(1).values.mul(x), a],
    [x => x.topk(2).values.square(), a],
  ],
}

const depthOf = (values: Numbers): readonly number[] =>
  typeof values === 'number' ? [] : [values.length, ...depthOf(values[0]!)]
const flat = (values: Numbers): number[] => (typeof values === 'number' ? [values] : values.flatMap(flat))
const make = (values: Numbers): Tensor => tensor(Float32Array.from(flat(values)), { shape: depthOf(values) })

describe.each(Object.entries(cases) as [Primitive, readonly Case[]][])('%s', (op, list) => {
  it.each(list.map(([fn, ...inputs], i) => [i, fn, inputs] as const))(
    'has its first two derivatives, case %i',
    async (_, fn, values) => {
      const inputs = values.map(make)
      const apply = (x: readonly Tensor[]): Tensor => fn(x[0]!, x[1]!, x[2]!)
      expect(topological([apply(inputs).node]).map(node => node.op)).toContain(op)
      await expect(checkGradients(apply, inputs)).resolves.toBeUndefined()
    },
  )
})

it('third derivatives', async () => {
  const fns: readonly ((x: Tensor) => Tensor)[] = [
    x => x.prod(1),
    x => x.pow(2.5),
    x => x.tanh(),
    x => x.softmax(1),
    x => x.logsumexp(0),
    x => x.sigmoid(),
    x => x.normalize(),
    x => x.std(1),
    x => x.log1p().mul(x.expm1()),
  ]
  for (const fn of fns)
    await expect(checkGradients(fn, make(positive), { order: 3, rtol: 1e-5 })).resolves.toBeUndefined()
})
