import { defineConfig } from 'tsup'

/** How every published package is built: one ES module for Node 20 and browsers, with its types. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  clean: true,
  removeNodeProtocol: false,
})
