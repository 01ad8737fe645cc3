import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as build from './build.ts'
import { linearize } from './linearize.ts'
import type { Node } from './node.ts'

const key = (...outputs: readonly Node[]): string =>
  linearize(
    outputs,
    outputs.map(() => undefined),
  ).key
const leaf = (...shape: readonly number[]): Node => build.makeNode('buffer', [], {}, shape, 'f32')

const numbers = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, NaN, Infinity, 0xfffe, 0xffff, 0x10000, 2 ** 40),
)

test('keys are equal exactly where numbers are', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      expect(key(build.constant(a, 'f32'))).toBe(key(build.constant(a, 'f32')))
      expect(key(build.constant(a, 'f32')) === key(build.constant(b, 'f32'))).toBe(Object.is(a, b))
    }),
  )
})

test('keys tell graphs apart by order of inputs, attributes, dtypes, shapes of sources and outputs', () => {
  const [x, y] = [leaf(2, 3), leaf(2, 3)]
  const keys = [
    key(build.binary('sub', x, y)),
    key(build.binary('sub', y, x)),
    key(build.binary('add', x, y)),
    key(build.binary('add', x, x)),
    key(build.binary('add', leaf(3, 2), leaf(3, 2))),
    key(build.slice(x, [0, 1], [2, 3], [1, 1])),
    key(build.slice(x, [1, 0], [2, 3], [1, 1])),
    key(build.constant(1, 'f32', [2])),
    key(build.constant(1, 'i32', [2])),
    key(build.constant(1, 'f32', [2, 1])),
    key(x, y),
    key(y, x),
  ]
  expect(new Set(keys).size).toBe(keys.length)
})

test('keys do not depend on which nodes a graph is made of', () => {
  const make = (): Node => build.unary('exp', build.binary('mul', leaf(4), build.constant(0.5, 'f32', [4])))
  expect(key(make())).toBe(key(make()))
})
