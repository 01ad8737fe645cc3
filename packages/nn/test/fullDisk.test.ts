import { spawnSync } from 'node:child_process'
import { type FileHandle, open } from 'node:fs/promises'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { loadCheckpoint, saveCheckpoint } from '../src/index.ts'
import { countingRun } from './processes/countingRun.ts'

const files = process.getBuiltinModule('node:fs/promises')
const scratch = mkdtempSync(join(tmpdir(), 'wids-full-'))
afterAll(() => rmSync(scratch, { recursive: true }))
afterEach(() => vi.restoreAllMocks())

type Call = { readonly name: string; readonly path: string }

/** Lets `before` see every call that changes or syncs a file, and make it fail. */
function watchCalls(before: (call: Call) => void): void {
  for (const name of ['mkdir', 'rename', 'rm'] as const) {
    const original = files[name] as (path: string, ...rest: unknown[]) => Promise<unknown>
    vi.spyOn(files, name).mockImplementation((async (path: string, ...rest: unknown[]) => {
      before({ name, path })
      return original(path, ...rest)
    }) as never)
  }
  const original = open
  vi.spyOn(files, 'open').mockImplementation(async (path, flags, mode) => {
    if (flags === 'wx') before({ name: 'open', path: String(path) })
    const handle = await original(path, flags, mode)
    for (const name of ['writeFile', 'sync'] as const) {
      const method = handle[name].bind(handle) as (...args: unknown[]) => Promise<void>
      handle[name] = (async (...args: unknown[]) => {
        before({ name, path: String(path) })
        return method(...args)
      }) as FileHandle['sync']
    }
    return handle
  })
}

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

async function save(folder: string, step: number): Promise<string> {
  const run = countingRun()
  run.count(step)
  return saveCheckpoint(folder, run.parts, { step })
}

async function expectWhole(folder: string, step: number): Promise<void> {
  const run = countingRun()
  expect((await loadCheckpoint(folder, run.parts)).step).toBe(step)
  expect(await run.numbers()).toEqual([step])
}

describe('a disk that is full at any call', () => {
  it('leaves the old checkpoint, and nothing else, until the new one is whole', async () => {
    const folder = join(scratch, 'injected')
    await save(folder, 1)
    let calls = 0
    watchCalls(() => calls++)
    await save(folder, 2)
    vi.restoreAllMocks()
    expect(calls).toBeGreaterThan(15)

    for (let failing = 0, old = 2; failing < calls; failing++) {
      let call = 0
      watchCalls(({ name }) => {
        // Once full it stays so, but what takes no room goes on.
        if (call++ >= failing && name !== 'rm' && name !== 'rename') throw full()
      })
      const problem: unknown = await save(folder, old + 1).catch(error => error as unknown)
      vi.restoreAllMocks()
      expect(String(problem)).toMatch(/^CheckpointError: .*\(ENOSPC\)$|step-\d{8}$/)
      const isNew = readdirSync(folder).includes(`step-${String(old + 1).padStart(8, '0')}`)
      expect(readdirSync(folder).filter(name => name.startsWith('.tmp-'))).toEqual([])
      if (isNew) old++
      await expectWhole(folder, old)
    }
  })

  it('every file is synced before it gets its name, and the folder afterwards', async () => {
    const calls: Call[] = []
    watchCalls(call => calls.push(call))
    const folder = join(scratch, 'order')
    await save(folder, 1)
    vi.restoreAllMocks()
    const renamed = calls.findIndex(({ name }) => name === 'rename')
    const written = new Set(calls.filter(({ name }) => name === 'open').map(({ path }) => path))
    expect(written.size).toBe(3)
    for (const path of written) {
      const last = calls.findLastIndex(call => call.name === 'writeFile' && call.path === path)
      const synced = calls.findIndex(call => call.name === 'sync' && call.path === path)
      expect([last < synced, synced < renamed]).toEqual([true, true])
    }
    expect(calls.slice(0, renamed).some(({ name, path }) => name === 'sync' && path === calls[renamed]!.path)).toBe(
      true,
    )
    expect(calls.slice(renamed).some(({ name, path }) => name === 'sync' && path === folder)).toBe(true)
  })
})

// Older ones do not run TypeScript.
describe.skipIf(!process.features.typescript)('a disk that is really full', () => {
  const program = fileURLToPath(new URL('processes/saveTooMuch.ts', import.meta.url))
  const node = `'${process.execPath}' --conditions=@wids/source '${program}'`

  it.for<[what: string, code: string, command: string[]]>([
    [
      'a file system of 1 MB',
      'ENOSPC',
      ['unshare', '-rm', 'sh', '-c', `mount -t tmpfs -o size=1m none "$0" && exec ${node} "$0"`],
    ],
    ['a limit of 1 MB to files', 'EFBIG', ['bash', '-c', `ulimit -f 1000 && exec ${node} "$0"`]],
  ])('%s leaves the old checkpoint', ([, code, [command = '', ...args]], context) => {
    const folder = mkdtempSync(join(scratch, 'real-'))
    const { status, stdout, stderr, error } = spawnSync(command, [...args, folder], { encoding: 'utf8' })
    if (stdout === '' || stdout === null) context.skip(`${command} cannot make one here: ${error?.message ?? stderr}`)
    const { error: problem, ...left } = JSON.parse(stdout) as { readonly error: string }
    expect(left).toEqual({ step: 1, values: [1], names: ['step-00000001'] })
    expect(problem).toContain(`earlier ones are untouched (${code})`)
    expect(status).toBe(0)
  })
})
