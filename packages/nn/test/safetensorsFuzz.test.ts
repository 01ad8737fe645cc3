import { tensor } from '@wids/tensor'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors, FormatError } from '../src/index.ts'

const valid = await encodeSafetensors(
  {
    'layer.weight': tensor([
      [1, 2],
      [3, 4],
    ]),
    flag: tensor([true]),
    half: tensor([1, 2, 3], { dtype: 'f16' }),
  },
  { format: 'pt' },
)
const headerBytes = Number(new DataView(valid.buffer).getBigUint64(0, true))

/** Texts that mean something in a header. */
const pieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  'null',
  '"F32"',
  '"dtype"',
  '"shape":',
  '"__proto__":',
  '\\u0000',
  ' ',
]

type Mutation = (bytes: Uint8Array) => Uint8Array
const splice = (bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, at), ...added, ...bytes.subarray(at + removed)])

const place = fc.nat(valid.length - 1)
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(
    ([at, byte]): Mutation =>
      bytes =>
        splice(bytes, at, 1, Uint8Array.of(byte)),
  ),
  fc.tuple(place, fc.nat(20)).map(
    ([at, count]): Mutation =>
      bytes =>
        splice(bytes, at, count, new Uint8Array()),
  ),
  fc.tuple(fc.nat(headerBytes), fc.nat(3), fc.constantFrom(...pieces)).map(
    ([at, removed, text]): Mutation =>
      bytes =>
        splice(bytes, 8 + at, removed, new TextEncoder().encode(text)),
  ),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(
    (length): Mutation =>
      bytes =>
        splice(bytes, 0, 8, new Uint8Array(new BigUint64Array([length]).buffer)),
  ),
  // The right length for whatever the header became.
  fc.constant<Mutation>(bytes =>
    splice(
      bytes,
      0,
      8,
      new Uint8Array(new BigUint64Array([BigInt(Math.max(0, headerBytes + bytes.length - valid.length))]).buffer),
    ),
  ),
)

it('whatever the bytes, the answer is tensors or a FormatError', () => {
  let read = 0
  let refused = 0
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), mutations => {
      const bytes = mutations.reduce((current, mutate) => mutate(current), valid as Uint8Array)
      try {
        decodeSafetensors(bytes)
        read++
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
        refused++
      }
    }),
    { numRuns: 20_000 },
  )
  expect(Math.min(read, refused)).toBeGreaterThan(500)
})
