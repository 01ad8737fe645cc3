import type { Tensor } from '@wids/tensor'
import type { Attributes, Binary, Primitive } from '@wids/tensor/graph'

/** Primitives without inputs. */
type Source = 'buffer' | 'constant' | 'iota'

/** The inputs of a primitive, as its rule sees them; a bias is one or none, and so is an offset. */
export type Inputs<Op extends Primitive> = Op extends Source
  ? readonly []
  : Op extends 'attention'
    ? readonly [query: Tensor, key: Tensor, value: Tensor, ...options: readonly Tensor[]]
    : Op extends 'attentionGradient'
      ? readonly [
          query: Tensor,
          key: Tensor,
          value: Tensor,
          gradient: Tensor,
          logSumExp: Tensor,
          delta: Tensor,
          ...bias: readonly Tensor[],
        ]
      : Op extends 'concat'
        ? readonly [first: Tensor, ...others: readonly Tensor[]]
        : Op extends Binary | 'matmul' | 'gather'
          ? readonly [a: Tensor, b: Tensor]
          : Op extends 'where' | 'scatterAdd' | 'sliceScatter'
            ? readonly [a: Tensor, b: Tensor, c: Tensor]
            : readonly [x: Tensor]

/**
 * The gradient of one input: g is that of the output y = op(x). It has the shape and dtype of the input, and is built of
 * tensor operations, so that it can be differentiated again. `i` is the input's number.
 */
export type Slope<Op extends Primitive> = (
  g: Tensor,
  x: Inputs<Op>,
  y: Tensor,
  attributes: Attributes[Op],
  i: number,
) => Tensor

/** One slope for each input, the last one for all further ones; `undefined` where no gradient flows. */
export type Rule<Op extends Primitive> = Slopes<Inputs<Op>, Op>

type Slopes<Of extends readonly Tensor[], Op extends Primitive> = {
  readonly [Input in keyof Of]: Slope<Op> | undefined
}

/** The rule of every primitive. */
export type Rules = { readonly [Op in Primitive]: Rule<Op> }

/** No gradient: the input is an index or a condition, or the output jumps between constants. */
export const none = undefined
