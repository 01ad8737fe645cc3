import { inFreshProcess } from '@wids/testing'
import { expect, it } from 'vitest'

const steps = 20

async function bits(id: string, threads: number): Promise<unknown> {
  const env = { WIDS_THREADS: String(threads) }
  return (await inFreshProcess(new URL('bits.ts', import.meta.url), { args: [id, String(steps)], env })).result
}

it.each(['gpt-A', 'gpt-B', 'gpt-C', 'decode-B'])('%s computes the same bits on one and on two threads', async id => {
  const one = await bits(id, 1)
  expect(await bits(id, 2)).toEqual(one)
  expect(JSON.stringify(one)).not.toContain('null') // as JSON says NaN
})
