import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCheckpoint } from '@wids/nn'
import { beforeAll, expect, it } from 'vitest'
import { bundle } from './bundle.ts'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const book = join(folder, 'book.txt')
writeFileSync(book, 'the whale and the sea and the ship\n'.repeat(40))
const endless = [
  '--data',
  book,
  '--context',
  '8',
  '--layers',
  '1',
  '--heads',
  '2',
  '--width',
  '16',
  '--steps',
  '1000000',
]

let command: string
beforeAll(async () => {
  command = await bundle()
})

/** A running `wids`, and what it wrote when it ended. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = [child.stdout, child.stderr].map(stream => {
    let text = ''
    stream.on('data', chunk => (text += String(chunk)))
    return () => text
  })
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    out: texts[0]!(),
    err: texts[1]!(),
  }))
  return { child, ended }
}

const exists = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5))
}
/** Waits until the process has written something. */
const wrote = (child: ChildProcess, text: string): Promise<void> =>
  new Promise(resolve => child.stderr!.on('data', chunk => String(chunk).includes(text) && resolve()))

it('prints help on out, at once, and exits 0', async () => {
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    const begin = performance.now()
    const { code, out, err } = await start(['train', '--help']).ended
    times.push(performance.now() - begin)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('Usage: wids train')
  }
  // 150 ms is what the command itself may take; Node alone takes some of it, more on a busy machine.
  expect(Math.min(...times)).toBeLessThan(150)
})

it('prints help of nested commands', async () =>
  expect(await start(['tokenizer', 'encode', '--help']).ended).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('Usage: wids tokenizer encode'),
  }))

it('prints its version', async () =>
  expect(await start(['--version']).ended).toMatchObject({ code: 0, out: '0.0.0\n' }))

it.each([
  [['train', '--steps', '0'], 2],
  [['generate', 'nothing'], 1],
])('%j complains on err and exits %d', async (args, exitCode) => {
  const { code, out, err } = await start(args).ended
  expect({ code, out }).toEqual({ code: exitCode, out: '' })
  expect(err).not.toBe('')
})

it('saves at Ctrl-C and exits 130', async () => {
  const { child, ended } = start(['train', ...endless, '--out', 'interrupted'])
  await wrote(child, 'held out')
  setTimeout(() => child.kill('SIGINT'), 300)
  const { code, out, err } = await ended
  expect({ code, out }).toEqual({ code: 130, out: '' })
  const steps = Number(/stopped after (\d+) steps/.exec(err)?.[1])
  expect((await readCheckpoint(join(folder, 'interrupted'))).step).toBe(steps)
})

it('aborts at the second Ctrl-C', async () => {
  const { child, ended } = start(['train', ...endless, '--out', 'aborted'])
  await wrote(child, 'held out')
  child.kill('SIGINT')
  child.kill('SIGINT')
  expect((await ended).code).toBe(130)
})

it('leaves a whole checkpoint however it is killed', async () => {
  const run = join(folder, 'killed')
  for (let attempt = 0; attempt < 6; attempt++) {
    const { child, ended } = start(
      attempt === 0
        ? ['train', ...endless, '--out', run, '--save-every', '1']
        : ['train', '--resume', run, '--save-every', '1'],
    )
    await exists(() => existsSync(run) && readdirSync(run).some(name => name.startsWith('step-')))
    setTimeout(() => child.kill('SIGKILL'), attempt === 0 ? 0 : 300 + 37 * attempt)
    expect((await ended).signal).toBe('SIGKILL')
    const { step, parts } = await readCheckpoint(run, { parts: ['model', 'optimizer', 'generator'] })
    expect(step).toBeGreaterThan(0)
    for (const { tensors } of Object.values(parts)) expect(Object.keys(tensors).length).toBeGreaterThan(0)
  }
}, 60_000)
