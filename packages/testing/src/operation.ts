import { expectClose, type Tolerance, tolerances } from './close.ts'
import type { GoldenTensor } from './golden.ts'

/** One call of an operation as `tools/golden/ops.py` writes it. */
export interface OperationCase {
  readonly op: string
  /** A method of the first input, or a function of the module. */
  readonly call: 'method' | 'function'
  /** `extreme` inputs hold ±0, ±∞, NaN or 1e±30; at a `kink` the derivative jumps. */
  readonly kind: 'value' | 'extreme' | 'kink'
  readonly inputs: readonly GoldenTensor[]
  /** `{ input: i }` stands for an input, null for an argument that is left out. */
  readonly args: readonly unknown[]
  readonly outputs: readonly GoldenTensor[]
  /** Of Σ output · weight, one an input (null for integers); absent where there is none to compare. */
  readonly gradients?: readonly (GoldenTensor | null)[]
}

/** What the checks need of a tensor; this package imports none, so that the one under test can use it. */
export interface TensorLike<T> {
  readonly shape: readonly number[]
  readonly dtype: string
  data(): Promise<ArrayLike<number>>
  mul(other: T): T
  add(other: T): T
  sum(): T
  transpose(): T
  at(...indices: (readonly [start?: number | null, stop?: number | null, step?: number])[]): T
}

/** What the checks need of the module under test; other functions are looked up by name. */
export interface TensorModule<T> {
  tensor(values: Float64Array, options: { readonly shape: readonly number[]; readonly dtype: never }): T
}

/** How the inputs lie in memory: row-major, or read through a transpose or a step of 2. */
export type Layout = 'packed' | 'strided'

/** `sum [2, 3] (1, true)`: the case in a test's title. */
export function titleOf({ op, kind, inputs, args }: OperationCase): string {
  const shapes = inputs.map(({ shape, dtype }) => `${dtype === 'f32' ? '' : dtype}[${shape.join(', ')}]`)
  const plain = args.filter(arg => !JSON.stringify(arg).includes('"input"')).map(arg => JSON.stringify(arg))
  return [op, ...shapes, `(${plain.join(', ')})`, ...(kind === 'value' ? [] : [kind])].join(' ')
}

/** Makes a golden tensor in the module under test, in a layout; `real` takes the place of f32. */
export function makeTensor<T extends TensorLike<T>>(
  module: TensorModule<T>,
  golden: GoldenTensor,
  layout: Layout = 'packed',
  real = 'f32',
): T {
  const { shape, data } = golden
  const dtype = (golden.dtype === 'f32' ? real : golden.dtype) as never
  if (layout === 'packed' || shape.length === 0) return module.tensor(Float64Array.from(data), { shape, dtype })
  if (shape.length === 1) {
    // Every second element is one that must not be read.
    const spread = data.flatMap(x => [x, golden.dtype === 'f32' ? NaN : 77])
    return module.tensor(Float64Array.from(spread), { shape: [spread.length], dtype }).at([null, null, 2])
  }
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!]
  const transposed = data.map((_, i) => {
    const [matrix, row, column] = [Math.floor(i / (rows * columns)), i % rows, Math.floor(i / rows) % columns]
    return data[(matrix * rows + row) * columns + column]!
  })
  const swapped = [...shape.slice(0, -2), columns, rows]
  return module.tensor(Float64Array.from(transposed), { shape: swapped, dtype }).transpose()
}

/** Calls the operation of a case; operations with several results give them in order. */
export function applyOperation<T extends TensorLike<T>>(
  module: TensorModule<T>,
  { op, call, args }: OperationCase,
  inputs: readonly T[],
): T[] {
  const fill = (arg: unknown): unknown => {
    if (arg === null) return undefined
    if (Array.isArray(arg)) return arg.map(item => (item === null ? null : fill(item)))
    return typeof arg === 'object' ? inputs[(arg as { input: number }).input] : arg
  }
  const owner: object = call === 'method' ? inputs[0]! : module
  const operation: unknown = Reflect.get(owner, op)
  if (typeof operation !== 'function') throw new Error(`there is no ${call} '${op}'`)
  const result: unknown = Reflect.apply(operation, owner, args.map(fill))
  if (Array.isArray(result)) return result as T[]
  return isPair<T>(result) ? [result.values, result.indices] : [result as T]
}

/** What `sort` and `topk` give. */
const isPair = <T>(result: unknown): result is { values: T; indices: T } =>
  typeof result === 'object' && result !== null && 'indices' in result

export interface OperationCheck<T> {
  readonly layout?: Layout
  readonly tolerance?: Tolerance
  /** The dtype that takes the place of f32, in inputs and results; for cases with gradients. */
  readonly real?: string
  /** Given, gradients are compared too. */
  readonly grad?: (loss: T, inputs: readonly T[]) => readonly T[]
  readonly gradientTolerance?: Tolerance
}

/** Checks one call: shape, dtype and values of each result, and the gradients if `grad` is given. */
export async function checkOperation<T extends TensorLike<T>>(
  module: TensorModule<T>,
  golden: OperationCase,
  check: OperationCheck<T> = {},
): Promise<void> {
  const { real = 'f32', grad } = check
  const inputs = golden.inputs.map(input => makeTensor(module, input, check.layout, real))
  const outputs = applyOperation(module, golden, inputs)
  if (outputs.length !== golden.outputs.length) throw new Error(`${golden.op}: ${outputs.length} results`)
  for (const [i, expected] of golden.outputs.entries())
    await expectTensor(outputs[i]!, expected, `${golden.op}, result ${i}`, check.tolerance, real)
  if (grad === undefined || golden.gradients === undefined) return
  const slots = golden.gradients.flatMap((gradient, i) => (gradient === null ? [] : [i]))
  const slopes = grad(
    weightedSum(module, golden.outputs, outputs, real),
    slots.map(i => inputs[i]!),
  )
  for (const [k, i] of slots.entries()) {
    const tolerance = check.gradientTolerance ?? tolerances.gradient
    await expectTensor(slopes[k]!, golden.gradients[i]!, `${golden.op}, gradient of input ${i}`, tolerance, real)
  }
}

/** Fails unless shape and dtype are equal and all numbers are close. */
export async function expectTensor<T extends TensorLike<T>>(
  actual: T,
  expected: GoldenTensor,
  name: string,
  tolerance: Tolerance = tolerances.rounded,
  real = 'f32',
): Promise<void> {
  const dtype = expected.dtype === 'f32' ? real : expected.dtype
  const [got, wanted] = [`${actual.dtype} [${actual.shape.join(', ')}]`, `${dtype} [${expected.shape.join(', ')}]`]
  if (got !== wanted) throw new Error(`${name} is ${got}, expected ${wanted}`)
  expectClose(await actual.data(), expected.data, tolerance, name)
}

/** Σ output · weight over all real outputs, with the weights of `tools/golden/golden.py`. */
function weightedSum<T extends TensorLike<T>>(
  module: TensorModule<T>,
  goldens: readonly GoldenTensor[],
  outputs: readonly T[],
  real: string,
): T {
  const terms = goldens.flatMap(({ dtype, shape, data }, i) => {
    if (dtype !== 'f32') return []
    const weights = data.map((_, at) => (((at * 7 + 3) % 11) - 4.5) / 4)
    return [outputs[i]!.mul(makeTensor(module, { shape, dtype, data: weights }, 'packed', real)).sum()]
  })
  return terms.reduce((sum, term) => sum.add(term))
}
