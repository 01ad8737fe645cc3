import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from './contender.ts'

/** How long to measure. */
export interface Effort {
  /** Length of one round of one library, at least. */
  readonly roundSeconds: number
  /** Most rounds, and least, whatever they take. */
  readonly rounds: readonly [least: number, most: number]
  /** Time for all rounds of a task. */
  readonly taskSeconds: number
}

export const thorough: Effort = { roundSeconds: 0.25, rounds: [5, 15], taskSeconds: 45 }
export const quick: Effort = { roundSeconds: 0.15, rounds: [3, 5], taskSeconds: 4 }

/** Seconds that one run took in each round. */
export type Times = ReadonlyMap<Contender, readonly number[]>

/**
 * Times contenders in turn, one round of each after the other, so that what else the machine does hits all alike; each
 * turn starts with another one. A contender that fails leaves, and `failed` is told.
 */
export async function interleave(
  contenders: readonly Contender[],
  effort: Effort,
  failed: (contender: Contender, error: unknown) => void,
): Promise<Times> {
  const counts = new Map<Contender, number>()
  const times = new Map<Contender, number[]>()
  let turnSeconds = 0
  const attempt = async (contender: Contender, work: () => Promise<void>): Promise<void> => {
    await pause(20) // until threads of the one before have gone to sleep
    await work().catch((error: unknown) => {
      counts.delete(contender)
      times.delete(contender)
      failed(contender, error)
    })
  }
  for (const contender of contenders)
    await attempt(contender, async () => {
      const { count, seconds } = await calibrate(contender, effort.roundSeconds)
      counts.set(contender, count)
      times.set(contender, [])
      turnSeconds += seconds * count
    })
  const [least, most] = effort.rounds
  const rounds = Math.max(least, Math.min(most, Math.floor(effort.taskSeconds / turnSeconds)))
  for (let round = 0; round < rounds; round++)
    for (const [contender, count] of rotated([...counts], round))
      await attempt(contender, async () => {
        times.get(contender)!.push((await contender.round(count)) / count)
      })
  return times
}

/** Warms up; how many runs make a round, and the seconds of one. */
async function calibrate(contender: Contender, roundSeconds: number): Promise<{ count: number; seconds: number }> {
  let count = 1
  for (;;) {
    const taken = await contender.round(count)
    if (taken >= roundSeconds / 2)
      return { count: Math.max(1, Math.round((count * roundSeconds) / taken)), seconds: taken / count }
    count = Math.ceil(count * Math.min(10, (1.1 * roundSeconds) / taken))
  }
}

const rotated = <T>(values: readonly T[], by: number): readonly T[] => {
  const at = values.length === 0 ? 0 : by % values.length
  return [...values.slice(at), ...values.slice(0, at)]
}

/** How many times faster the first was in each round, where the two were timed one shortly after the other. */
export const speedups = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.slice(0, theirs.length).map((seconds, round) => theirs[round]! / seconds)
