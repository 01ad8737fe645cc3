import { existsSync, readdirSync } from 'node:fs'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const source = '@wids/source' // packages are tested from src, so tests need no build
const folders = ['packages', 'apps']
  .flatMap(parent => readdirSync(new URL(parent, import.meta.url)).map(name => `${parent}/${name}`))
  .concat('bench', 'browser', 'examples')
  .filter(folder => existsSync(new URL(`${folder}/package.json`, import.meta.url)))

/** `vitest run` runs `*.test.ts`; `vitest run --mode long` runs `*.long.test.ts`. */
export default defineConfig(({ mode }) => {
  const long = mode === 'long'
  return {
    resolve: { conditions: [source, ...defaultClientConditions] },
    ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
    test: {
      projects: folders.map(folder => ({
        extends: true as const,
        test: {
          name: folder.replace(/^.*\//, ''),
          root: folder,
          include: [long ? '**/*.long.test.ts' : '**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', ...(long ? [] : ['**/*.long.test.ts'])],
          execArgv: ['--expose-gc', `--conditions=${source}`],
          silent: 'passed-only',
          testTimeout: long ? 600_000 : 30_000,
        },
      })),
      reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
      outputFile: { json: `.reports/${long ? 'long' : 'test'}.json` },
    },
  }
})
