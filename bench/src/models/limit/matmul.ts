import type { MatmulTask, Prepared } from '../../tasks.ts'
import { flopsOf } from '../../workloads.ts'
import { flopsPerTurn, loadMachine } from './machine.ts'

/** As many multiplications and additions as the product has, from registers. */
export async function prepare({ product }: MatmulTask): Promise<Prepared> {
  const { multiplyAdd } = loadMachine()
  const turns = Math.ceil(flopsOf(product) / flopsPerTurn)
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) multiplyAdd(turns)
  }
  return { check: [], run }
}
