import { joined, namesIn } from '../nodeFiles.ts'
import { readDescription } from './description.ts'

/** Which metric is better: a lower or a higher one. */
export type Best = 'min' | 'max'

/** `step-00000100`, or `step-00000100.2` where the step was saved before. */
const pattern = /^step-(\d+)(?:\.(\d+))?$/

/** The checkpoints in a folder, the one of most steps last; of equal steps, the one written last. */
export async function checkpointsIn(folder: string): Promise<string[]> {
  const found = ((await namesIn(folder)) ?? []).flatMap(name => {
    const match = pattern.exec(name)
    return match === null ? [] : [{ name, step: Number(match[1]), again: Number(match[2] ?? 0) }]
  })
  return found.toSorted((a, b) => a.step - b.step || a.again - b.again).map(({ name }) => joined(folder, name))
}

/** A path for a checkpoint of a step, where there is none yet. */
export async function freePath(folder: string, step: number): Promise<string> {
  const names = (await namesIn(folder)) ?? []
  const name = `step-${String(step).padStart(8, '0')}`
  for (let again = 0; ; again++) {
    const candidate = again === 0 ? name : `${name}.${again}`
    if (!names.includes(candidate)) return joined(folder, candidate)
  }
}

/**
 * The checkpoint of most steps in a folder, in Node.
 *
 * @returns its path; undefined if there is none
 * @example
 * const path = await latestCheckpoint('runs/moby')   // 'runs/moby/step-00000100'
 */
export const latestCheckpoint = async (folder: string): Promise<string | undefined> =>
  (await checkpointsIn(folder)).at(-1)

/**
 * The checkpoint with the lowest metric in a folder, or the highest, in Node. One that cannot be read, or was saved
 * without a metric, is not considered.
 *
 * @returns its path; undefined if there is none
 * @example
 * await loadCheckpoint((await bestCheckpoint('runs/moby'))!, { model })
 */
export async function bestCheckpoint(folder: string, best: Best = 'min'): Promise<string | undefined> {
  const sign = best === 'min' ? 1 : -1
  let found: { readonly path: string; readonly cost: number } | undefined
  for (const path of await checkpointsIn(folder)) {
    const metric = await readDescription(path).then(
      description => description.metric,
      () => null,
    )
    if (metric !== null && (found === undefined || sign * metric < found.cost)) found = { path, cost: sign * metric }
  }
  return found?.path
}
