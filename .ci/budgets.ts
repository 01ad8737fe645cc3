// The budgets of design.md §7 that a machine can check. They move only on purpose.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildSync } from 'esbuild'

const root = resolve(import.meta.dirname, '..')

/** Minified and gzipped size of everything that importing a built package loads, in kB. */
function gzipped(folder: string): number {
  const { outputFiles } = buildSync({
    entryPoints: [resolve(root, folder, 'dist/index.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return outputFiles.reduce((sum, file) => sum + gzipSync(file.contents).length, 0) / 1000
}

/** The fastest of a few starts of a built command, in ms. */
function startup(...args: string[]): number {
  const times = Array.from({ length: 20 }, () => {
    const begin = performance.now()
    execFileSync(process.execPath, args, { cwd: root, stdio: 'ignore' })
    return performance.now() - begin
  })
  return Math.min(...times)
}

const budgets = [
  { name: '@wids/tensor, gzipped', unit: 'kB', limit: 100, value: gzipped('packages/tensor') },
  { name: 'wids --help', unit: 'ms', limit: 150, value: startup('apps/cli/dist/index.js', '--help') },
]
for (const { name, unit, limit, value } of budgets) {
  const over = value > limit
  console.log(`${over ? 'OVER' : 'ok  '} ${name}: ${value.toFixed(1)} of ${limit} ${unit}`)
  if (over) process.exitCode = 1
}
