import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..')
const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
let workspace: string

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'wids-lint-'))
  copyFileSync(join(root, '.oxlintrc.json'), join(workspace, '.oxlintrc.json'))
})
afterAll(() => rmSync(workspace, { recursive: true }))

/** What the repository's linter says about one file with this content at this place. */
function lint(file: string, content: string): string {
  const path = join(workspace, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return spawnSync(process.execPath, [oxlint, path], { cwd: workspace, encoding: 'utf8' }).stdout
}

it.each([
  ['packages/tensor/src/a.ts', '@wids/autograd'],
  ['packages/tensor/src/a.test.ts', '@wids/nn'],
  ['packages/autograd/src/a.ts', '@wids/nn'],
  ['packages/nn/src/a.ts', '@wids/transformer'],
  ['packages/transformer/src/a.ts', '@wids/tokenizer'],
  ['packages/tokenizer/src/a.ts', '@wids/tensor'],
  ['packages/testing/src/a.ts', '@wids/tensor'],
  ['packages/nn/src/a.ts', '@wids/tensor/src/shape.ts'],
  ['packages/nn/src/a.ts', '../../tensor/src/shape.ts'],
  ['apps/cli/src/a.ts', '@wids/tensor/dist/index.js'],
  ['apps/cli/src/a.ts', '../../../packages/tensor/src/index.ts'],
  ['packages/tensor/src/a.ts', 'node:fs'],
])('%s may not import %s', (file, from) => {
  expect(lint(file, `export * from '${from}'\n`)).toMatch(/no-restricted-imports|no-nodejs-modules/)
})

it.each([
  ['packages/autograd/src/a.ts', '@wids/tensor'],
  ['packages/nn/src/a.ts', '@wids/autograd'],
  ['packages/transformer/src/a.ts', '@wids/nn'],
  ['packages/tensor/test/a.test.ts', '@wids/testing'],
  ['packages/tensor/test/a.test.ts', '../src/shape.ts'],
  ['packages/tensor/test/b.test.ts', 'node:fs'],
  ['packages/autograd/src/a.ts', '@wids/tensor/graph'],
  ['apps/cli/src/a.ts', '@wids/tokenizer'],
])('%s may import %s', (file, from) => {
  expect(lint(file, `export * from '${from}'\n`)).toContain('0 errors')
})
