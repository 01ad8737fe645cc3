import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundlers, copyWorker } from './bundlers.ts'
import { chromium, open } from './chromium.ts'
import { serve } from './server.ts'

interface Seen {
  readonly error?: string
  readonly trained: unknown
  readonly notes: readonly string[]
  readonly workers: { readonly made: number; readonly answers: number }
  readonly isolated: boolean
}

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
const policy = { 'Content-Security-Policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }

const built = fileURLToPath(new URL('../packages/nn/dist/index.js', import.meta.url))
const lacks = chromium === undefined ? 'there is no Chromium' : existsSync(built) ? undefined : 'run `pnpm build` first'
if (lacks !== undefined) console.warn(`pages are not tested: ${lacks}`)

const scratch = mkdtempSync(join(tmpdir(), 'wids-pages-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** What a page of this folder sees with these headers. */
async function visit(folder: string, headers: Readonly<Record<string, string>>, query = ''): Promise<Seen> {
  const site = await serve(folder, headers)
  const close = open(site.url + query)
  try {
    return (await site.result) as Seen
  } finally {
    close()
    site.close()
  }
}

describe.skipIf(lacks !== undefined)('pages', () => {
  let expected: unknown
  beforeAll(() => {
    const script = fileURLToPath(new URL('page/node.js', import.meta.url))
    expected = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
  })

  describe.each(Object.keys(bundlers))('made by %s', bundler => {
    const folder = join(scratch, bundler)
    beforeAll(() => bundlers[bundler]!(folder), 120_000)

    it('train on threads as Node does, where the page is cross-origin isolated', async () => {
      const { error, trained, notes, workers, isolated } = await visit(folder, isolation)
      expect({ error, notes, isolated }).toEqual({ error: undefined, notes: [], isolated: true })
      expect(trained).toEqual(expected)
      expect(workers.made).toBeGreaterThan(0)
      expect(workers.answers).toBeGreaterThan(0)
    })

    it('train on one thread to the same bits elsewhere, and say why once', async () => {
      const { error, trained, notes, workers, isolated } = await visit(folder, {})
      expect({ error, isolated, workers }).toEqual({
        error: undefined,
        isolated: false,
        workers: { made: 0, answers: 0 },
      })
      expect(notes).toEqual([
        expect.stringContaining('computing on one thread, as this page is not cross-origin isolated'),
      ])
      expect(trained).toEqual(expected)
    })

    it('train on threads under a policy without blob:, with a worker script of their own', async () => {
      copyWorker(folder)
      const { error, trained, notes, workers } = await visit(folder, { ...isolation, ...policy }, '?worker=/worker.js')
      expect({ error, notes }).toEqual({ error: undefined, notes: [] })
      expect(trained).toEqual(expected)
      expect(workers.answers).toBeGreaterThan(0)
    })
  })
})
