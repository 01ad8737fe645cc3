import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const worker = fileURLToPath(new URL('../src/backends/wasm/threads/worker.ts', import.meta.url))

/** The file that holds the worker's script as text; `pnpm --filter @wids/tensor generate` writes it. */
export const generatedFile = fileURLToPath(new URL('../src/backends/wasm/threads/worker.generated.ts', import.meta.url))

/** What that file contains: `worker.ts` without types, as one script. */
export async function workerText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [worker],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    target: 'es2022',
    minify: true,
  })
  return `/** The script of \`worker.ts\`, made by \`pnpm generate\`; a test keeps it current. */\nexport const workerSource = ${JSON.stringify(outputFiles[0]!.text)}\n`
}
