import { expectClose, type GoldenTensor, type Tolerance, tolerances } from '@wids/testing'
import { type DeviceName, type DType, setDevice, type Tensor, tensor } from '@wids/tensor'
import { afterAll, beforeAll, describe, expect } from 'vitest'

export type Numbers = Readonly<Record<string, GoldenTensor>>
export type Options = Readonly<Record<string, unknown>>

export const make = ({ shape, dtype, data }: GoldenTensor): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype: dtype as DType })

/** Σ output · weight, whose gradients the goldens are (tools/golden/golden.py). */
export const weighted = (output: Tensor): Tensor => {
  const weights = Float32Array.from({ length: output.size }, (_, at) => (((at * 7 + 3) % 11) - 4.5) / 4)
  return output.mul(tensor(weights, { shape: output.shape })).sum()
}

export async function expectGolden(
  actual: Tensor,
  golden: GoldenTensor,
  tolerance: Tolerance = tolerances.rounded,
  name?: string,
): Promise<void> {
  expect(actual.shape).toEqual(golden.shape)
  expectClose(await actual.data(), golden.data, tolerance, name)
}

export const title = ({ name, ...rest }: { name: string; args?: unknown; options?: unknown }): string =>
  [name, ...[rest.args, rest.options].filter(part => part !== undefined).map(part => JSON.stringify(part))].join(' ')

/** The same tests on the backend that defines the truth and on the fast one. */
export const onEachDevice = (subject: string, body: () => void): void =>
  describe.each(['reference', 'wasm'] as const)(`on %s, ${subject}`, device => {
    let before: DeviceName
    beforeAll(() => {
      before = setDevice(device)
    })
    afterAll(() => {
      setDevice(before)
    })
    body()
  })
