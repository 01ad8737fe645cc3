import { OutOfMemoryError } from '../errors.ts'

/** Untouched buffers: what V8 hears of bytes makes it collect, as with the ballast of storages. */
const [pressureBytes, pressures] = [2 ** 28, 8]

/** After memory ran out: has dropped tensors collected and their memory given back. Other errors are thrown again. */
export async function makeRoom(error: unknown): Promise<void> {
  if (!(error instanceof OutOfMemoryError)) throw error
  for (let i = 0; i < pressures; i++) {
    void new ArrayBuffer(pressureBytes)
    await new Promise(resolve => setTimeout(resolve, 0))
  }
}
