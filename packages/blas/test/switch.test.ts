import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inFreshProcess } from '@wids/testing'
import { describe, expect, test } from 'vitest'
import { useBlas } from '../src/index.ts'
import { needsLibrary } from './reason.ts'

const start = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
  const { result, stderr } = await inFreshProcess<{ loaded: boolean; sums: number[] }>(
    new URL('starts.ts', import.meta.url),
    { args, env },
  )
  return { ...result, stderr }
}
const sums = [64 ** 3, 96 ** 3]

describe('where there is a library', () => {
  needsLibrary()

  test('it is not loaded unless asked for', async () =>
    expect(await start({})).toEqual({ loaded: false, sums, stderr: '' }))

  test('importing the package switches it on', async () =>
    expect(await start({}, '@wids/blas')).toEqual({ loaded: true, sums, stderr: '' }))

  test('WIDS_BLAS=1 switches it on without an import', async () =>
    expect(await start({ WIDS_BLAS: '1' })).toEqual({ loaded: true, sums, stderr: '' }))

  test('WIDS_BLAS=1 finds it beside a command that is started by a link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wids-blas-'))
    const link = join(folder, 'starts.ts')
    symlinkSync(fileURLToPath(new URL('starts.ts', import.meta.url)), link)
    const { result } = await inFreshProcess<{ loaded: boolean }>(pathToFileURL(link), { env: { WIDS_BLAS: '1' } })
    rmSync(folder, { recursive: true })
    expect(result.loaded).toBe(true)
  })

  test('WIDS_BLAS=0 keeps it off in spite of an import', async () =>
    expect(await start({ WIDS_BLAS: '0' }, '@wids/blas')).toEqual({ loaded: false, sums, stderr: '' }))

  test('useBlas names it', () =>
    expect(useBlas()).toEqual({ library: expect.stringMatching(/blas|mkl|blis|Accelerate/) }))
})

describe('where there is no library', () => {
  test('useBlas says why', () => {
    const { library, reason } = useBlas('/nowhere/libblas.so')
    expect(library).toBe(undefined)
    expect(reason).toContain('/nowhere/libblas.so')
  })

  test.runIf(process.platform === 'linux')('useBlas names what to install', () =>
    expect(useBlas('/nowhere/libblas.so').reason).toMatch(/apt install libopenblas0-pthread.*dnf install/),
  )

  test('WIDS_BLAS says so once, and WebAssembly multiplies', async () => {
    const { stderr, ...result } = await start({ WIDS_BLAS: '/nowhere/libblas.so' })
    expect(result).toEqual({ loaded: false, sums })
    expect(stderr).toMatch(/^wids: .*\/nowhere\/libblas\.so/)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test.runIf(process.platform === 'linux')('a library without cblas_sgemm is refused', () =>
    expect(useBlas('libm.so.6').reason).toMatch(/libm\.so\.6.*cblas_sgemm/),
  )
})
