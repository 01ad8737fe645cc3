import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import webpack from 'webpack'

const page = fileURLToPath(new URL('page', import.meta.url))
const entry = join(page, 'main.js')

/** A page for bundlers that make only scripts. */
const writePage = (folder: string): void =>
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><title>wids</title><script type="module" src="./main.js"></script>\n',
  )

/** Each builds the page into a folder as its users do, without a setting for our sake. */
export const bundlers: Readonly<Record<string, (folder: string) => Promise<void>>> = {
  vite: async outDir => {
    await vite({ root: page, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  },
  webpack: async path => {
    const compiler = webpack({ mode: 'production', entry, output: { path, filename: 'main.js' } })
    await new Promise<void>((resolve, reject) =>
      compiler!.run((error, stats) =>
        error !== null ? reject(error) : stats!.hasErrors() ? reject(new Error(stats!.toString())) : resolve(),
      ),
    )
    writePage(path)
  },
  esbuild: async outdir => {
    await esbuild({ entryPoints: [entry], bundle: true, minify: true, format: 'esm', outdir, logLevel: 'error' })
    writePage(outdir)
  },
}

/** Puts the worker's script where a page with a strict policy can name it. */
export const copyWorker = (folder: string): void =>
  cpSync(fileURLToPath(new URL('../packages/tensor/dist/worker.js', import.meta.url)), join(folder, 'worker.js'))
