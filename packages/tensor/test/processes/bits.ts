// Run by tests in processes of their own: digests of a layer's results, in unusual surroundings if asked for.
import { setThreads } from '../../src/index.ts'
import { device } from '../../src/runtime/device.ts'
import { digests, layer } from '../layer.ts'

/** Takes the lower part of the device's memory, untouched. */
const occupy = (bytes: number) => (): void => void device().alloc(bytes)

const surroundings: Record<string, () => void> = {
  usual: () => {},
  unshared: () => void Reflect.deleteProperty(globalThis, 'SharedArrayBuffer'),
  'across 2 GiB': occupy(2 ** 31 - 2 ** 20),
  'below 4 GiB': occupy(2 ** 32 - 2 ** 25),
}

surroundings[process.argv[2]!]!()
const { run } = await layer()
const first = await digests(run())
setThreads(3)
console.log(JSON.stringify({ first, second: await digests(run()) }))
