import { full, type Tensor, zeros } from '@wids/tensor'
import { Linear, type Run } from '../../src/index.ts'

/** A run all of whose state is the number of its step, so that a torn checkpoint would show two numbers. */
export interface CountingRun {
  readonly parts: Run
  count(step: number): void
  /** The numbers that are found in the state. */
  numbers(): Promise<number[]>
}

export function countingRun(): CountingRun {
  const model = new Linear(40, 50)
  const sums = [0, 1, 2].map(() => zeros([1000]))
  let seen = 0
  const cursor = {
    stateDict: () => ({ seen }),
    loadStateDict: (state: { readonly seen?: unknown }) => void (seen = Number(state.seen)),
  }
  const tensors = [model.weight, model.bias!, ...sums]
  const part = {
    stateDict: () => Object.fromEntries(sums.map((sum, i) => [`sum.${i}`, sum])),
    loadStateDict: (state: Readonly<Record<string, Tensor>>) =>
      sums.forEach((sum, i) => sum.assign(state[`sum.${i}`]!)),
  }
  return {
    parts: { model, sums: part, cursor },
    count(step) {
      seen = step
      for (const tensor of tensors) tensor.assign(full(tensor.shape, step))
    },
    async numbers() {
      const data = await Promise.all(tensors.map(tensor => tensor.data()))
      return [...new Set([seen, ...data.flatMap(values => [...values])])]
    },
  }
}
