import { checkTensors } from '../checkTensors.ts'
import { ArgumentError, printed, ShapeError } from '../errors.ts'
import { naming } from '../naming.ts'
import { show } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { arange } from './create.ts'
import { where } from './elementwise.ts'

/** A tensor whose axes are named, each by one letter. */
interface Named {
  readonly tensor: Tensor
  readonly labels: string
}

/**
 * Sums of products over named axes (`torch.einsum`): letters that are missing in the result are summed over; `…` is
 * written `...`; without `->` the result has the letters that occur once, in alphabetical order.
 *
 * @throws ArgumentError for a malformed equation, ShapeError where sizes disagree
 * @example
 * einsum('bqd,bkd->bqk', randn([2, 5, 8]), randn([2, 7, 8])).shape   // [2, 5, 7]: every query against every key
 */
export const einsum = (equation: string, ...tensors: readonly Tensor[]): Tensor =>
  naming('einsum', () => sumOfProducts(equation, tensors))

function sumOfProducts(equation: string, tensors: readonly Tensor[]): Tensor {
  if (typeof equation !== 'string')
    throw new ArgumentError('einsum', `an equation is a string, got ${printed(equation)}`)
  checkTensors('einsum', tensors)
  const { inputs, output } = parse(equation, tensors)
  const sizes = new Map<string, number>()
  for (const { tensor, labels } of inputs)
    labels.split('').forEach((label, axis) => {
      const n = tensor.shape[axis]!
      const known = sizes.get(label) ?? n
      if (known !== n)
        throw new ShapeError(
          'einsum',
          `axis '${label}' has sizes ${known} and ${n} in '${equation}'`,
          tensors.map(t => t.shape),
        )
      sizes.set(label, n)
    })
  const result = inputs.map(takeDiagonals).reduce((left, right, i) => {
    const later =
      inputs
        .slice(i + 1)
        .map(n => n.labels)
        .join('') + output
    return contract(sumAway(left, right.labels + later), sumAway(right, left.labels + later), later)
  })
  return arrange(sumAway(result, output), output).tensor
}

/** Letters that no equation of a reasonable size uses, for the axes behind an ellipsis. */
const hidden = 'ZYXWVUTSRQPONM'

function parse(equation: string, tensors: readonly Tensor[]): { inputs: Named[]; output: string } {
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (terms.length !== tensors.length)
    throw new ArgumentError('einsum', `'${equation}' names ${terms.length} tensors, ${tensors.length} are given`)
  const depth = Math.max(0, ...terms.map((term, i) => (term.includes('...') ? tensors[i]!.rank - term.length + 3 : 0)))
  const spread = (term: string, count: number): string => term.replace('...', hidden.slice(depth - count, depth))
  const inputs = terms.map((term, i) => {
    const tensor = tensors[i]!
    const labels = spread(term, tensor.rank - term.length + 3)
    if (!/^[a-zA-Z]*$/.test(labels) || labels.length !== tensor.rank)
      throw new ArgumentError('einsum', `'${term}' does not name the axes of ${show(tensor.shape)} in '${equation}'`)
    return { tensor, labels }
  })
  const all = inputs.map(n => n.labels).join('')
  const once = [...new Set(all.split(''))]
    .filter(l => all.indexOf(l) === all.lastIndexOf(l) && !hidden.slice(0, depth).includes(l))
    .toSorted()
  const output = right === undefined ? hidden.slice(0, depth) + once.join('') : spread(right, depth)
  if (new Set(output.split('')).size !== output.length || output.split('').some(l => !all.includes(l)))
    throw new ArgumentError('einsum', `the result of '${equation}' repeats a letter or has one that no tensor has`)
  return { inputs, output }
}

/** 'ii' becomes 'i': what lies off the diagonal is set to zero and summed away. */
function takeDiagonals({ tensor, labels }: Named): Named {
  const second = labels.split('').findIndex((label, i) => labels.indexOf(label) < i)
  if (second < 0) return { tensor, labels }
  const along = (axis: number): Tensor =>
    arange(tensor.shape[axis]!).reshape(tensor.shape.map((n, i) => (i === axis ? n : 1)))
  const diagonal = where(along(labels.indexOf(labels[second]!)).eq(along(second)), tensor, 0).sum(second)
  return takeDiagonals({ tensor: diagonal, labels: labels.slice(0, second) + labels.slice(second + 1) })
}

/** Sums over axes that nothing else needs. */
function sumAway({ tensor, labels }: Named, needed: string): Named {
  const axes = labels.split('').flatMap((label, axis) => (needed.includes(label) ? [] : [axis]))
  return axes.length === 0
    ? { tensor, labels }
    : {
        tensor: tensor.sum(axes),
        labels: labels
          .split('')
          .filter(l => needed.includes(l))
          .join(''),
      }
}

/** Axes in the given order. */
const arrange = ({ tensor, labels }: Named, order: string): Named => ({
  tensor: tensor.permute(order.split('').map(l => labels.indexOf(l))),
  labels: order,
})

/** One matrix product: shared axes that are needed later are its batch, shared ones that are not its inner axis. */
function contract(a: Named, b: Named, later: string): Named {
  const pick = (from: string, keep: (label: string) => boolean): string => from.split('').filter(keep).join('')
  const batch = pick(a.labels, l => b.labels.includes(l) && later.includes(l))
  const inner = pick(a.labels, l => b.labels.includes(l) && !later.includes(l))
  const rows = pick(a.labels, l => !b.labels.includes(l))
  const columns = pick(b.labels, l => !a.labels.includes(l))
  const sizesOf = (named: Named, of: string): number[] =>
    of.split('').map(l => named.tensor.shape[named.labels.indexOf(l)]!)
  const product = (sizes: readonly number[]): number => sizes.reduce((x, y) => x * y, 1)
  const left = arrange(a, batch + rows + inner).tensor.reshape([
    ...sizesOf(a, batch),
    product(sizesOf(a, rows)),
    product(sizesOf(a, inner)),
  ])
  const right = arrange(b, batch + inner + columns).tensor.reshape([
    ...sizesOf(b, batch),
    product(sizesOf(b, inner)),
    product(sizesOf(b, columns)),
  ])
  return {
    tensor: left.matmul(right).reshape([...sizesOf(a, batch), ...sizesOf(a, rows), ...sizesOf(b, columns)]),
    labels: batch + rows + columns,
  }
}
