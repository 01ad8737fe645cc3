import base from '../../tsup.base.ts'
import { defineConfig } from 'tsup'

export default defineConfig({ ...base, entry: ['src/index.ts', 'src/graph/index.ts'] })
