import { expect, it } from 'vitest'
import type { Backend, Block, Program } from '../src/backends/backend.ts'
import { createReferenceBackend } from '../src/backends/reference/index.ts'
import { Blocks } from '../src/backends/reference/blocks.ts'
import { type Place, type Plan, plan } from '../src/compiler/plan.ts'
import { checkRandomGraphs } from './compareWithReference.ts'
import { interpret } from './interpretKernels.ts'

/** Runs compiled graphs, kernel by kernel, on the rules of the reference backend. */
function createInterpreter(): Backend<Plan & Program> {
  const blocks = new Blocks(2 ** 30)
  return {
    ...createReferenceBackend(),
    name: 'interpreter',
    alloc: bytes => blocks.alloc(bytes),
    free: block => blocks.free(block),
    write: (block, bytes) => blocks.write(block, bytes),
    read: async block => new Uint8Array(blocks.bytes(block).slice(0)),
    compile: plan,
    workspace: ({ arenaBytes }) => ({ arena: arenaBytes, scratch: 0 }),
    run({ launches, arenaBytes }, inputs, outputs) {
      // Whatever a kernel has not written is noise.
      const arena = new ArrayBuffer(arenaBytes)
      new Uint8Array(arena).fill(0x7f)
      const all = (block: Block): Uint8Array<ArrayBuffer> => new Uint8Array(blocks.bytes(block))
      const bytesOf = (place: Place): Uint8Array<ArrayBuffer> =>
        place.kind === 'arena'
          ? new Uint8Array(arena, place.offset + place.start)
          : all((place.kind === 'input' ? inputs : outputs)[place.index]!).subarray(place.start)
      for (const { kernel, operands } of launches) interpret(kernel, operands.map(bytesOf))
    },
  }
}

it('plans mean what their graphs mean', { timeout: 120_000 }, async () => {
  await expect(checkRandomGraphs(createInterpreter(), { numRuns: 2000, seed: 3 })).resolves.toBeUndefined()
})
