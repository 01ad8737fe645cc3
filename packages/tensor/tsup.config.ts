import { defineConfig } from 'tsup'
import base from '../../tsup.base.ts'

const entry = { index: 'src/index.ts', 'graph/index': 'src/graph/index.ts' }
const worker = { worker: 'src/backends/wasm/threads/worker.ts' }

export default defineConfig([
  { ...base, entry, dts: { entry: { ...entry, ...worker } }, clean: ['!worker.js'] },
  // A file of its own, as pages load it as a plain script.
  { ...base, entry: worker, splitting: false, dts: false, clean: false },
])
