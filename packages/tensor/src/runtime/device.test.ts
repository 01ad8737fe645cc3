import { expect, test } from 'vitest'
import { DTypeError } from '../errors.ts'
import { tensor, zeros } from '../ops/create.ts'

test.each([
  ['converted', () => tensor([1]).to('f64').add(1)],
  ['made', () => zeros([2], 'f64')],
] as const)('f64 that is %s on a device without it is a typed error where it is read', async (_, make) => {
  await expect(async () => make().data()).rejects.toThrow(DTypeError)
})
