import { Tensor } from '@wids/tensor'

/** One tensor, or several in an array or by name. */
export type Tensors = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>

/** As many tensors, in the same structure. */
export type Like<T extends Tensors> = T extends Tensor ? Tensor : { -readonly [Key in keyof T]: Tensor }

const isList = (tensors: Tensors): tensors is readonly Tensor[] => Array.isArray(tensors)

/** The tensors of a structure in order. */
export function leavesOf(tensors: Tensors): readonly Tensor[] {
  if (tensors instanceof Tensor) return [tensors]
  return isList(tensors) ? tensors : Object.values(tensors)
}

/** Other tensors in the structure of `like`. */
export function rebuild<T extends Tensors>(like: T, leaves: readonly Tensor[]): Like<T> {
  if (like instanceof Tensor) return leaves[0] as Like<T>
  if (isList(like)) return [...leaves] as Like<T>
  return Object.fromEntries(Object.keys(like).map((key, i) => [key, leaves[i]!])) as Like<T>
}

/** The same, for a function that takes the structure. */
export const refill = <T extends Tensors>(like: T, leaves: readonly Tensor[]): T =>
  rebuild(like, leaves) as Tensors as T
