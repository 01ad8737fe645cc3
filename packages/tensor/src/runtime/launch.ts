import type { Backend, Block, Program } from '../backends/backend.ts'
import { deviceBlock, deviceStorage, keepOnHost, release, type Storage } from './storage.ts'
import { mayLeave } from './turn.ts'

/** What a run writes: so many bytes of its own, or over a storage. */
export type Output =
  | {
      readonly bytes: number
      /** Whether only the caller knows the result, so that it may be dropped at any time. */
      readonly isResult: boolean
    }
  | Storage

/**
 * Starts a program and gives the storages of its outputs. `lend` names its inputs and adds blocks that are lent to this
 * run alone. Where memory runs out nothing has happened.
 *
 * @throws OutOfMemoryError
 */
export function launch(
  backend: Backend,
  program: Program,
  lend: (lent: Block[]) => readonly Block[],
  outputs: readonly Output[],
): Storage[] {
  const lent: Block[] = []
  const made: Storage[] = []
  const make = (bytes: number): Storage => {
    const storage = deviceStorage(backend, bytes)
    made.push(storage)
    return storage
  }
  try {
    const inputs = lend(lent)
    const storages = outputs.map(output => ('backend' in output ? output : make(output.bytes)))
    backend.run(program, inputs, storages.map(deviceBlock))
    boundResults(
      program,
      storages.filter((_, i) => isResult(outputs[i]!)),
    )
    return storages
  } catch (error) {
    for (const storage of made) release(storage, 'the program that was to compute this tensor did not run')
    throw error
  } finally {
    for (const block of lent) backend.free(block)
  }
}

const isResult = (output: Output): boolean => 'isResult' in output && output.isResult

/** Moves results to the host, waiting for them, where the program made too many since the event loop last turned. */
function boundResults(program: Program, results: readonly Storage[]): void {
  const bytes = results.reduce((sum, storage) => sum + storage.bytes, 0)
  if (bytes === 0 || mayLeave(program, bytes)) return
  for (const storage of results) {
    const read = storage.backend.readNow?.(storage.block!)
    if (read !== undefined) keepOnHost(storage, read)
  }
}
