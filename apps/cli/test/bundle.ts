import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const app = fileURLToPath(new URL('..', import.meta.url))

/**
 * Builds the command from source, as it is published, where it finds its dependencies; returns the file to run. Older
 * versions of Node cannot run the source itself.
 */
export async function bundle(): Promise<string> {
  const outdir = join(app, 'node_modules/.cache/wids-test')
  mkdirSync(outdir, { recursive: true })
  await build({
    entryPoints: [join(app, 'src/index.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['@wids/source'],
    external: ['commander'],
    // What is bundled from CommonJS asks for Node's modules so.
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url)" },
    outExtension: { '.js': '.mjs' },
  })
  return join(outdir, 'index.mjs')
}
