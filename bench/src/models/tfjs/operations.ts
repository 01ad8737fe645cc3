import type { Tf } from './load.ts'

type Tensor = Tf.Tensor
type Matrix = Tf.Tensor2D
type Batch = Tf.Tensor3D
type Save = (tensors: Tensor[]) => void

/**
 * Operations in the form that runs fastest on the WebAssembly backend, measured: only products of two plain matrices
 * are fast there (a transposed operand costs 10 times as much, a batch twice), sums over rows are slow, and so is tanh.
 */
export function fastOps(tf: typeof Tf) {
  const onesRow = (n: number): Matrix => tf.ones([1, n])

  const multiply = (a: Batch, b: Batch): Batch => {
    if (a.shape[1] < 128) return tf.matMul(a, b)
    const one = (x: Batch, at: number): Batch => tf.gather(x, tf.tensor1d([at], 'int32')) // split copies all, each time
    return tf.concat(Array.from({ length: a.shape[0] }, (_, i) => tf.matMul(one(a, i), one(b, i))))
  }
  const swapped = (x: Batch): Batch => tf.transpose(x, [0, 2, 1])

  /** x W + b with gradients g Wᵀ, xᵀ g and Σ g */
  const linear = tf.customGrad((x, w, b, save) => {
    const [input, weight, bias, keep] = [x as Matrix, w as Matrix, b as Tensor, save as Save]
    keep([input, weight])
    const gradFunc = (g: Matrix, [x, w]: Tensor[]): Tensor[] => [
      tf.matMul(g, tf.transpose(w as Matrix)),
      tf.matMul(tf.transpose(x as Matrix), g),
      tf.matMul(onesRow(g.shape[0]), g).reshape(bias.shape),
    ]
    return { value: tf.add(tf.matMul(input, weight), bias), gradFunc: gradFunc as never }
  }) as (x: Tensor, w: Tensor, b: Tensor) => Matrix

  /** a b of matrices, with gradients g bᵀ and aᵀ g */
  const matmul = tf.customGrad((a, b, save) => {
    const [left, right] = [a as Matrix, b as Matrix]
    ;(save as Save)([left, right])
    const gradFunc = (g: Matrix, [a, b]: Tensor[]): Tensor[] => [
      tf.matMul(g, tf.transpose(b as Matrix)),
      tf.matMul(tf.transpose(a as Matrix), g),
    ]
    return { value: tf.matMul(left, right), gradFunc: gradFunc as never }
  }) as (a: Tensor, b: Tensor) => Matrix

  /** The same of each pair in a batch. */
  const batchMatmul = tf.customGrad((a, b, save) => {
    ;(save as Save)([a as Batch, b as Batch])
    const gradFunc = (g: Batch, [a, b]: Tensor[]): Tensor[] => [
      multiply(g, swapped(b as Batch)),
      multiply(swapped(a as Batch), g),
    ]
    return { value: multiply(a as Batch, b as Batch), gradFunc: gradFunc as never }
  }) as (a: Tensor, b: Tensor) => Batch

  /** (x − mean) / √(var + eps) over rows, with gradient (g − mean(g) − x̂·mean(g·x̂)) / √(var + eps) */
  const normalize = tf.customGrad((x, save) => {
    const { mean, variance } = tf.moments(x as Matrix, -1, true)
    const scale = tf.rsqrt(variance.add(1e-5))
    const value = tf.sub(x as Matrix, mean).mul(scale)
    ;(save as Save)([value, scale])
    const gradFunc = (g: Matrix, [y, scale]: Tensor[]): Tensor =>
      g
        .sub(tf.mean(g, -1, true))
        .sub(y!.mul(tf.mean(g.mul(y!), -1, true)))
        .mul(scale!)
    return { value, gradFunc: gradFunc as never }
  }) as (x: Tensor) => Matrix

  /** x·a + b of rows, with sums over rows as products */
  const scaled = tf.customGrad((x, a, b, save) => {
    const [input, factor, offset] = [x as Matrix, a as Tensor, b as Tensor]
    ;(save as Save)([input, factor])
    const total = (g: Tensor): Tensor => tf.matMul(onesRow(g.shape[0]!), g as Matrix).reshape(factor.shape)
    const gradFunc = (g: Matrix, [x, a]: Tensor[]): Tensor[] => [g.mul(a!), total(g.mul(x!)), total(g)]
    return { value: input.mul(factor).add(offset), gradFunc: gradFunc as never }
  }) as (x: Tensor, a: Tensor, b: Tensor) => Matrix

  /** ½x(1 + tanh u) = x σ(2u), u = √(2/π)(x + 0.044715x³) */
  const gelu = (x: Tensor): Tensor => {
    const u = x.add(x.mul(x).mul(x).mul(0.044715)).mul(2 * Math.sqrt(2 / Math.PI))
    return x.mul(tf.sigmoid(u))
  }
  return { linear, matmul, batchMatmul, normalize, scaled, gelu }
}
