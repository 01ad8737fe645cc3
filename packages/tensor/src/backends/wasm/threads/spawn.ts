import type { Command, Reply } from './messages.ts'
import { workerSource } from './worker.generated.ts'

/** A worker thread of Node or of a browser. */
export interface Thread {
  tell(command: Command): void
  /** Whether the process stays alive for it (Node). */
  keepAlive(alive: boolean): void
}

/** Makes a browser worker from the address of a script; see `setWorkerUrl`. */
let workerUrl: string | URL | undefined

/**
 * Starts threads from a script of your own server instead of from inlined text, as a page needs whose content security
 * policy forbids `blob:`. Let the address lead to `@wids/tensor/worker`. It counts for threads that start later; Node
 * does not look at it.
 *
 * @param url address of the script
 * @example
 * setWorkerUrl('/scripts/wids-worker.js')
 */
export const setWorkerUrl = (url: string | URL): void => {
  workerUrl = url
}

export function spawn(heard: (reply: Reply) => void, failed: (error: unknown) => void): Thread {
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads')
  if (node !== undefined) {
    const worker = new node.Worker(workerSource, { eval: true, stdout: false, stderr: false })
    worker.on('message', heard)
    worker.on('error', failed)
    worker.unref()
    return { tell: command => worker.postMessage(command), keepAlive: alive => (alive ? worker.ref() : worker.unref()) }
  }
  const url = workerUrl ?? URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
  const worker = new Worker(url)
  worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => heard(data))
  worker.addEventListener('error', failed)
  return { tell: command => worker.postMessage(command), keepAlive: () => undefined }
}
