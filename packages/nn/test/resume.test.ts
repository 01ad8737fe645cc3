import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decodeSafetensors } from '../src/index.ts'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'wids-resume-'))
afterAll(() => rmSync(folder, { recursive: true }))

const program = fileURLToPath(new URL('processes/trainPart.ts', import.meta.url))

/** Trains in a process of its own. */
async function train(name: string, from: number, to: number, threads: number): Promise<void> {
  const args = [join(folder, name), from, to, threads].map(String)
  await promisify(execFile)(process.execPath, ['--conditions=@wids/source', program, ...args])
}

/** The hash of every file that a run left, by name. */
function hashesOf(name: string): Record<string, string> {
  const path = join(folder, name)
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(file => /\.\w+$/.test(file))
  const hash = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(path, file)))
      .digest('hex')
  return Object.fromEntries(names.map(file => [file, hash(file)]))
}

/**
 * 100 steps end in the fifth of 22-batch epochs, and with one gradient of three summed; dropout, batch statistics, a
 * moving average and a plateau schedule all have state.
 */
describe.skipIf(!process.features.typescript)('in a Node that runs TypeScript', () => {
  it.each([1, 2])(
    '200 steps equal 100, a new process, and 100 more, in every byte, with %d threads',
    { timeout: 120_000 },
    async threads => {
      for (const name of [`whole-${threads}`, `parts-${threads}`]) mkdirSync(join(folder, name))
      await train(`whole-${threads}`, 0, 200, threads)
      await train(`parts-${threads}`, 0, 100, threads)
      const halfway = JSON.parse(readFileSync(join(folder, `parts-${threads}/step-00000100/checkpoint.json`), 'utf8'))
      expect(halfway.values.loader).toEqual({ epoch: 4, batch: 12 })
      const sums = decodeSafetensors(readFileSync(join(folder, `parts-${threads}/step-00000100/sums.safetensors`)))
      expect(await sums.tensors['count']!.item()).toBe(1)
      await train(`parts-${threads}`, 100, 200, threads)

      const whole = hashesOf(`whole-${threads}`)
      expect(Object.keys(whole).toSorted()).toEqual([
        'losses.txt',
        ...['average', 'checkpoint', 'generator', 'model', 'optimizer', 'sums'].map(
          part => `step-00000200/${part}.${part === 'checkpoint' ? 'json' : 'safetensors'}`,
        ),
      ])
      expect(
        readFileSync(join(folder, `whole-${threads}/losses.txt`), 'utf8')
          .trim()
          .split('\n'),
      ).toHaveLength(200)
      expect(hashesOf(`parts-${threads}`)).toEqual(whole)
    },
  )

  it('1 and 2 threads leave the same bytes', () => expect(hashesOf('whole-2')).toEqual(hashesOf('whole-1')))
})
