import { checkOperation, type OperationCase, readGolden, titleOf } from '@wids/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as module from '../src/index.ts'

const cases = readGolden<OperationCase[]>(new URL('goldens/ops.json', import.meta.url))

describe.each(['reference', 'wasm'] as const)('operations on %s', device => {
  let before: module.DeviceName
  beforeAll(() => {
    before = module.setDevice(device)
  })
  afterAll(() => {
    module.setDevice(before)
  })

  describe.each(['packed', 'strided'] as const)('%s inputs', layout => {
    it.each(cases.map(golden => [titleOf(golden), golden] as const))('%s', async (_, golden) => {
      await expect(checkOperation<module.Tensor>(module, golden, { layout })).resolves.toBeUndefined()
    })
  })
})
