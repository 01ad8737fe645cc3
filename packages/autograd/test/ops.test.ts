import * as module from '@wids/tensor'
import { checkOperation, type OperationCase, readGolden, titleOf, tolerances } from '@wids/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { grad } from '../src/index.ts'

const goldens = new URL('../../tensor/test/goldens/ops.json', import.meta.url)
const cases = readGolden<OperationCase[]>(goldens).filter(golden => golden.gradients !== undefined)

/** What f32 leaves of a result; the goldens were rounded to f32. */
const stored = { rtol: 1e-6, atol: 1e-7 }

describe.each([
  ['reference', 'f64', stored],
  ['wasm', 'f32', tolerances.gradient],
] as const)('gradients on %s in %s', (device, real, gradientTolerance) => {
  let before: module.DeviceName
  beforeAll(() => {
    before = module.setDevice(device)
  })
  afterAll(() => {
    module.setDevice(before)
  })

  describe.each(['packed', 'strided'] as const)('%s inputs', layout => {
    it.each(cases.map(golden => [titleOf(golden), golden] as const))('%s', async (_, golden) => {
      const check = checkOperation<module.Tensor>(module, golden, { layout, real, grad, gradientTolerance })
      await expect(check).resolves.toBeUndefined()
    })
  })
})
