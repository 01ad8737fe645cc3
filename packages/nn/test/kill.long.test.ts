import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { setDevice } from '@wids/tensor'
import { afterAll, expect, it } from 'vitest'
import { latestCheckpoint, loadCheckpoint } from '../src/index.ts'
import { countingRun } from './processes/countingRun.ts'

setDevice('reference')
const folder = mkdtempSync(join(tmpdir(), 'wids-kill-'))
afterAll(() => rmSync(folder, { recursive: true }))

const program = fileURLToPath(new URL('processes/saveForever.ts', import.meta.url))

/** A process that saves without pause, killed at a random moment of its first saves; returns the last it said was done. */
async function saveUntilKilled(): Promise<number | undefined> {
  const child = spawn(process.execPath, ['--conditions=@wids/source', program, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const saves = Math.floor(Math.random() * 4)
  let last: number | undefined
  let at = performance.now()
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'ready') last = Number(line)
    const duration = performance.now() - at
    at = performance.now()
    // The first line is no save, so that its time says nothing.
    if (lines++ === saves) setTimeout(() => child.kill('SIGKILL'), Math.random() * (saves === 0 ? 20 : duration))
  }
  expect((await ended)[1]).toBe('SIGKILL')
  return last
}

// Older ones do not run TypeScript.
it.skipIf(!process.features.typescript)(
  'killed at 200 random moments, a run leaves the old checkpoint or the new one, never a torn one',
  { timeout: 1_200_000 },
  async () => {
    let torn = 0
    let before = 0
    for (let kill = 0; kill < 200; kill++) {
      const said = (await saveUntilKilled()) ?? before
      if (readdirSync(folder).some(name => name.startsWith('.tmp-'))) torn++
      const run = countingRun()
      // Before the first save is done, there may be none.
      const loaded = (await latestCheckpoint(folder)) === undefined ? 0 : (await loadCheckpoint(folder, run.parts)).step
      expect([said, said + 1]).toContain(loaded)
      for (const name of readdirSync(folder).filter(name => name.startsWith('step-'))) {
        const { step } = await loadCheckpoint(join(folder, name), run.parts)
        expect([name, await run.numbers()]).toEqual([`step-${String(step).padStart(8, '0')}`, [step]])
      }
      before = loaded
    }
    expect(torn, 'kills in the midst of a save').toBeGreaterThan(20)
  },
)
