import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { writeSnippets } from '../snippets.ts'

const snippets = writeSnippets()
const home = process.cwd()
const scratch = mkdtempSync(join(tmpdir(), 'wids-docs-'))
afterAll(() => {
  process.chdir(home)
  rmSync(scratch, { recursive: true, force: true })
})

it('finds the snippets', () => expect(snippets.length).toBeGreaterThan(0))

it.each(snippets)('$name runs', async ({ file }) => {
  process.chdir(mkdtempSync(join(scratch, 'run-'))) // what a snippet saves lands here
  await import(file)
})
