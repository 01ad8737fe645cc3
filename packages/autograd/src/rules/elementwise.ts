import { type Tensor, where } from '@wids/tensor'
import { type Binary, is, type Node, type Unary } from '@wids/tensor/graph'
import { none, type Rules } from './rule.ts'

export const unaryRules: Pick<Rules, Unary> = {
  // d(−x) = −dx
  neg: [g => g.neg()],
  // d|x| = sign(x) dx
  abs: [(g, [x]) => g.mul(x.sign())],
  sign: [none],
  floor: [none],
  ceil: [none],
  round: [none],
  trunc: [none],
  // y = √x: dy = dx / 2y
  sqrt: [(g, _, y) => g.div(y.mul(2))],
  // y = x^(−1/2): dy = −½ y³ dx
  rsqrt: [(g, _, y) => g.mul(y.mul(y).mul(y).mul(-0.5))],
  // y = eˣ: dy = y dx
  exp: [(g, _, y) => g.mul(y)],
  // d(ln x) = dx / x
  log: [(g, [x]) => g.div(x)],
  // d(sin x) = cos x dx
  sin: [(g, [x]) => g.mul(x.cos())],
  // d(cos x) = −sin x dx
  cos: [(g, [x]) => g.mul(x.sin()).neg()],
  // y = tanh x: dy = (1 − y²) dx
  tanh: [(g, _, y) => g.mul(y.mul(y).neg().add(1))],
  // y = σ(x): dy = y(1 − y) dx
  sigmoid: [(g, _, y) => g.mul(y.mul(y.neg().add(1)))],
  // d(erf x) = 2/√π e^(−x²) dx
  erf: [
    (g, [x]) =>
      g.mul(
        x
          .mul(x)
          .neg()
          .exp()
          .mul(2 / Math.sqrt(Math.PI)),
      ),
  ],
  not: [none],
  detach: [none],
}

export const binaryRules: Pick<Rules, Binary> = {
  // d(a + b) = da + db
  add: [g => g, g => g],
  // d(a − b) = da − db
  sub: [g => g, g => g.neg()],
  // d(ab) = b da + a db
  mul: [(g, [, b]) => g.mul(b), (g, [a]) => g.mul(a)],
  // y = a/b: dy = da/b − y db/b
  div: [(g, [, b]) => g.div(b), (g, [, b], y) => g.mul(y).div(b).neg()],
  // a mod b = a − b⌊a/b⌋: da − ⌊a/b⌋ db
  mod: [g => g, (g, [a, b]) => g.mul(a.div(b).floor()).neg()],
  // y = aᵇ: dy = b aᵇ⁻¹ da + y ln(a) db
  pow: [(g, [a, b]) => g.mul(b).mul(powerBelow(a, b)), (g, [a, b], y) => g.mul(y).mul(safeLog(a, b))],
  // The larger input has the gradient; equal ones share it, as in PyTorch.
  max: [(g, [a, b]) => share(g, a.lt(b), a.eq(b)), (g, [a, b]) => share(g, b.lt(a), a.eq(b))],
  // The smaller input has the gradient.
  min: [(g, [a, b]) => share(g, b.lt(a), a.eq(b)), (g, [a, b]) => share(g, a.lt(b), a.eq(b))],
  less: [none, none],
  lessEqual: [none, none],
  equal: [none, none],
  notEqual: [none, none],
  and: [none, none],
  or: [none, none],
  xor: [none, none],
  shiftLeft: [none, none],
  shiftRight: [none, none],
}

export const selectionRules: Pick<Rules, 'where' | 'cast' | 'bitcast'> = {
  // y = c ? a : b: dy = c ? da : db
  where: [none, (g, [c]) => where(c, g, 0), (g, [c]) => where(c, 0, g)],
  // Between real dtypes a cast is the identity.
  cast: [(g, [x]) => g.to(x.dtype)],
  bitcast: [none],
}

/** Nothing for the input that lost, half for equal ones; NaN, which is neither, gets all. */
const share = (g: Tensor, lost: Tensor, equal: Tensor): Tensor => where(lost, 0, where(equal, g.mul(0.5), g))

/** aᵇ⁻¹, except for 0⁰, where 0 · 0⁻¹ would be NaN but the derivative of x⁰ = 1 is 0. */
function powerBelow(a: Tensor, b: Tensor): Tensor {
  const exponent = constantOf(b.node)
  // Powers to small constants are products.
  if (exponent !== undefined && exponent !== 0) return a.pow(exponent - 1)
  return a.pow(where(a.eq(0).and(b.eq(0)), 0, b.sub(1)))
}

/** The number that a node holds everywhere, if its graph shows it. */
function constantOf(node: Node): number | undefined {
  if (is(node, 'constant')) return node.attributes.value
  return (is(node, 'expand') || is(node, 'reshape')) && node.inputs[0] ? constantOf(node.inputs[0]) : undefined
}

/** ln a, except for 0ᵇ with b ≥ 0, which does not change with b where it is 0 (PyTorch's choice for 0⁰ too). */
const safeLog = (a: Tensor, b: Tensor): Tensor => where(a.eq(0).and(b.ge(0)), 1, a).log()
