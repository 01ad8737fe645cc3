import { defineConfig } from 'tsup'
import base from '../../tsup.base.ts'

export default defineConfig({
  ...base,
  entry: {
    index: 'src/index.ts',
    'graph/index': 'src/graph/index.ts',
    worker: 'src/backends/wasm/threads/worker.ts',
  },
})
