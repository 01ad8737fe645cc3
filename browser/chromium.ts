import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The command of an installed Chromium, or undefined. */
export const chromium: string | undefined = [
  process.env['CHROMIUM'],
  'chromium',
  'chromium-browser',
  'google-chrome',
].find(command => command !== undefined && spawnSync(command, ['--version']).status === 0)

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']

/** Opens a page without a window; gives what closes it. */
export function open(url: string): () => void {
  const profile = mkdtempSync(join(tmpdir(), 'wids-chromium-'))
  const child = spawn(chromium!, [...flags, `--user-data-dir=${profile}`, url], { stdio: 'ignore', detached: true })
  return () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
}
