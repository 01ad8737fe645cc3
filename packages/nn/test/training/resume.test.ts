import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'wids-fit-resume-'))
afterAll(() => rmSync(folder, { recursive: true }))
const program = fileURLToPath(new URL('../processes/fitPart.ts', import.meta.url))

/** Trains in a process of its own; says what signal ended it. */
async function train(name: string, threads: number, dies: number): Promise<string | null> {
  mkdirSync(join(folder, name), { recursive: true })
  const args = ['--conditions=@wids/source', program, join(folder, name), String(threads), String(dies)]
  const died = (error: { readonly signal: string | null }): string | null => error.signal
  return promisify(execFile)(process.execPath, args).then(() => null, died)
}

/** The bytes of every file that a run left, by name. */
function filesOf(name: string): Record<string, string> {
  const path = join(folder, name)
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(file => /\.\w+$/.test(file))
  return Object.fromEntries(names.toSorted().map(file => [file, readFileSync(join(path, file), 'base64')]))
}

/** Steps 135 and 162 lie amid an epoch of 14 steps and behind the checkpoints of steps 120 and 160. */
it.each([1, 2])(
  'fit killed at steps 135 and 162 and resumed leaves every byte that it leaves in one go, with %d threads',
  { timeout: 120_000 },
  async threads => {
    expect(await train(`whole-${threads}`, threads, 1000)).toBeNull()
    expect(await train(`parts-${threads}`, threads, 135)).toBe('SIGKILL')
    const lines = readFileSync(join(folder, `parts-${threads}/log.jsonl`), 'utf8')
      .trim()
      .split('\n')
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ event: 'step', step: 135 })
    expect(await train(`parts-${threads}`, threads, 162)).toBe('SIGKILL')
    expect(await train(`parts-${threads}`, threads, 1000)).toBeNull()
    const whole = filesOf(`whole-${threads}`)
    expect(Object.keys(whole)).toEqual([
      ...['checkpoint.json', 'generator.safetensors', 'model.safetensors', 'optimizer.safetensors'].map(
        file => `checkpoints/step-00000200/${file}`,
      ),
      'checkpoints/step-00000200/training.safetensors',
      'log.csv',
      'log.jsonl',
    ])
    expect(filesOf(`parts-${threads}`)).toEqual(whole)
  },
)

it('1 and 2 threads leave the same bytes', () => expect(filesOf('whole-2')).toEqual(filesOf('whole-1')))
