import { Tensor, where } from '@wids/tensor'

/**
 * Runs what assigns to tensors, such as an optimizer's step; where a flag is false, they keep their values to the bit. In
 * a compiled function this costs no read.
 *
 * @param flag bool []
 * @param targets what is assigned to
 * @example
 * keepUnless(norm.isFinite(), [...optimizer.parameters, ...Object.values(optimizer.stateDict())], () =>
 *   optimizer.step(gradients),
 * )
 */
export function keepUnless(flag: Tensor, targets: readonly Tensor[], assign: () => void): void {
  const before = valuesOf(targets)
  assign()
  restoreUnless(flag, targets, before)
}

/** Tensors that keep the values which others have now. */
export const valuesOf = (tensors: readonly Tensor[]): Tensor[] => tensors.map(tensor => new Tensor(tensor.node))

/** Gives tensors their earlier values back where a flag [] is false. */
export function restoreUnless(flag: Tensor, targets: readonly Tensor[], before: readonly Tensor[]): void {
  for (const [i, target] of targets.entries()) target.assign(where(flag, target, before[i]!))
}
