// Run by threads.test.ts in processes of their own: digests of a layer's results, without shared memory if asked to.
import { setThreads } from '../../src/index.ts'
import { digests, layer } from '../layer.ts'

if (process.argv[2] === 'unshared') Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
const { run } = await layer()
const first = await digests(run())
setThreads(3)
console.log(JSON.stringify({ first, second: await digests(run()) }))
