import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type * as Tf from '@tensorflow/tfjs'

export type { Tf }

/** TensorFlow.js on one of its backends; it and its WebAssembly backend must be one copy, so both are required. */
export async function loadTf(backend: string): Promise<typeof Tf> {
  const require = createRequire(import.meta.url)
  const tf = require('@tensorflow/tfjs') as typeof Tf
  if (backend === 'wasm') {
    const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void }
    const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))
    wasm.setWasmPaths(`${folder}/`) // it picks the SIMD binary; threads need a browser
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`)
  await tf.ready()
  return tf
}
