import fc from 'fast-check'
import { expect } from 'vitest'
import { interpret } from '../../../../test/interpretKernels.ts'
import { emitLoops } from './loops.ts'
import { Bench } from './testing.ts'
import { type RandomKernel, randomKernels } from './testingKernels.ts'
import { hasRelaxedSimd } from '../features.ts'
import { toNumbers } from '../../reference/floats.ts'

const benches = [new Bench(false), new Bench(hasRelaxedSimd())]

/** Runs a kernel over its units in the given order of parts; gives the bytes of its operands and of what lies around them. */
function run(bench: Bench, { kernel, blocks }: RandomKernel, cuts: readonly number[]): Uint8Array<ArrayBuffer>[] {
  bench.reset()
  const emitted = emitLoops(kernel, bench.target)
  const given = blocks()
  const addresses = given.map(bytes => {
    const address = bench.alloc(bytes.length)
    bench.bytes.set(bytes, address)
    return address
  })
  const units = bench.load(emitted, addresses)
  const edges = [0, ...cuts.map(cut => Math.round(cut * emitted.units)).toSorted((a, b) => a - b), emitted.units]
  const parts = edges.slice(1).map((to, i) => [edges[i]!, to] as const)
  for (const [from, to] of parts.toReversed()) units(from, to)
  return given.map((bytes, i) => bench.bytes.slice(addresses[i]!, addresses[i]! + bytes.length + 32))
}

/** What the interpreter makes of it. */
function expectation({ kernel, blocks }: RandomKernel): Uint8Array<ArrayBuffer>[] {
  const memory = blocks().map(bytes => bytes.slice())
  interpret(kernel, memory)
  return memory
}

function compare(
  { kernel, exact }: RandomKernel,
  actual: readonly Uint8Array<ArrayBuffer>[],
  expected: readonly Uint8Array<ArrayBuffer>[],
): void {
  const terms = kernel.inner.reduce((product, size) => product * size, 1)
  kernel.operands.forEach(({ dtype, written }, i) => {
    if (!written) return
    const length = expected[i]!.length
    expect(actual[i]!.subarray(length)).toEqual(new Uint8Array(32).fill(0xff))
    const [a, e] = [toNumbers(actual[i]!.slice(0, length), dtype), toNumbers(expected[i]!, dtype)]
    const largest = Math.max(1, ...[...e].filter(Number.isFinite).map(Math.abs))
    const step = { f16: 2 ** -10, bf16: 2 ** -7 }[dtype as string] ?? 2e-6
    // A sum rounds each of its terms, which may cancel.
    const tolerance = exact ? 0 : largest * step + terms * 1e-7
    for (let at = 0; at < e.length; at++)
      if (!(Object.is(a[at], e[at]) || a[at] === e[at] || Math.abs(a[at]! - e[at]!) <= tolerance))
        throw new Error(`operand ${i}, element ${at}: ${a[at]} instead of ${e[at]}`)
  })
}

/** Compares random kernels with the interpreter, their units run in parts in any order. */
export function checkRandomKernels(numRuns: number): void {
  fc.assert(
    fc.property(
      randomKernels,
      fc.boolean(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
      (kernel, relaxed, cuts) => {
        const bench = benches[Number(relaxed)]!
        const whole = run(bench, kernel, [])
        compare(kernel, whole, expectation(kernel))
        expect(run(bench, kernel, cuts)).toEqual(whole)
      },
    ),
    { numRuns },
  )
}
