import { expectClose, readGolden } from '@wids/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { type Options, title } from './golden.ts'

interface Named {
  readonly name: string
  readonly options: Options
}

interface Case extends Named {
  readonly values: readonly number[]
  readonly around?: Named
  readonly measures?: readonly number[]
}

const cases = readGolden<readonly Case[]>(new URL('goldens/schedules.json', import.meta.url))

const schedules = nn as unknown as Readonly<Record<string, (options: Options) => nn.Schedule>>

function scheduleOf({ name, options, around }: Named & { readonly around?: Named }): nn.Schedule {
  if (name === 'constant') return nn.constantSchedule(0.1, options)
  if (around !== undefined) return nn.warmup(scheduleOf(around), options as { steps: number })
  return schedules[`${name}Schedule`]!(options)
}

describe('PyTorch agrees about 200 values of', () => {
  const values = ({ measures, ...rest }: Case): number[] => {
    const plateau = measures === undefined ? undefined : new nn.ReduceOnPlateau(rest.options as { lr: number })
    if (plateau !== undefined) return measures!.map(measure => plateau.step(measure))
    return Array.from({ length: 200 }, (_, step) => scheduleOf(rest)(step))
  }
  it.each(cases.map(c => [title({ name: c.name, options: c.options }), c] as const))('%s', (_, c) => {
    expectClose(values(c), c.values, { rtol: 1e-8, atol: 1e-12 })
  })
})

it('a plateau goes on from its state, as JSON', () => {
  const options = { lr: 1, patience: 1, factor: 0.5 }
  const [whole, first, second] = [0, 1, 2].map(() => new nn.ReduceOnPlateau(options))
  const measures = [3, 2, 2, 2, 2, 1, 1, 1, 1]
  const expected = measures.map(measure => whole!.step(measure))
  const seen = measures.slice(0, 4).map(measure => first!.step(measure))
  second!.loadStateDict(JSON.parse(JSON.stringify(first!.stateDict())) as nn.PlateauState)
  expect([...seen, ...measures.slice(4).map(measure => second!.step(measure))]).toEqual(expected)
  expect(whole!.lr).toBeLessThan(1)
})

it('after its end a schedule stays', () => {
  expect(nn.oneCycleSchedule({ peak: 1, steps: 10 })(1000)).toBeCloseTo(4e-6, 12)
  expect(nn.polynomialSchedule({ lr: 1, steps: 10 })(1000)).toBe(0)
  expect(nn.constantSchedule(0.5)(1000)).toBe(0.5)
})

describe('errors name what does not fit:', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['steps', () => nn.stepSchedule({ lr: 1, every: 0 }), 'every is a positive number of steps, got 0'],
    ['a period', () => nn.cosineRestartsSchedule({ peak: 1, period: 0.5 }), 'period is a positive number of steps'],
    ['a factor of periods', () => nn.cosineRestartsSchedule({ peak: 1, period: 5, factor: 0 }), 'at least 1, got 0'],
    ['a rise', () => nn.oneCycleSchedule({ peak: 1, steps: 5, rise: 1 }), 'rise is a part of the steps'],
    ['a factor of plateaus', () => new nn.ReduceOnPlateau({ lr: 1, factor: 1 }), 'factor is below 1'],
    ['channels', () => nn.inverseSquareRootSchedule({ channels: 0 }), 'channels are positive'],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(message)
  })
})
