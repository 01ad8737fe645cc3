import type { Options } from 'tsup'

/** How every published package is built: one ES module for Node 20 and browsers, with its types. */
const options: Options = {
  entry: ['src/index.ts'],
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  clean: true,
  removeNodeProtocol: false,
}

export default options
