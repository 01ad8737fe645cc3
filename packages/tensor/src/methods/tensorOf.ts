import type { Tensor } from '../tensor.ts'

/** The tensor that a method is called on: classes of methods know only their own. */
export const tensorOf = (self: object): Tensor => self as Tensor
