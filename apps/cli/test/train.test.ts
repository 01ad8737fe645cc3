import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCheckpoint } from '@wids/nn'
import { expect, it } from 'vitest'
import { main } from '../src/main.ts'
import { memoryTerminal, type MemoryTerminal } from './memoryTerminal.ts'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const book = join(folder, 'book.txt')
writeFileSync(book, 'the whale and the sea and the ship\n'.repeat(40))
const small = [
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
  '--batch',
  '4',
  '--lr',
  '0.01',
]
const path = (name: string): string => join(folder, name)

async function wids(args: readonly string[], terminal: MemoryTerminal = memoryTerminal()) {
  const exitCode = await main(args, terminal, '0.0.0')
  return { exitCode, ...terminal.written() }
}
const weightsOf = async (run: string): Promise<Record<string, number[]>> => {
  const { parts } = await readCheckpoint(run, { parts: ['model'] })
  const data = Object.entries(parts.model.tensors).map(
    async ([name, value]) => [name, Array.from(await value.data())] as const,
  )
  return Object.fromEntries(await Promise.all(data))
}

it('trains, reports on err, and gives the results on out', async () => {
  const { exitCode, out, err } = await wids(['train', ...small, '--out', path('a'), '--steps', '60', '--sample', '50'])
  expect(err).toMatch(/tokens to train on/)
  expect(err).toMatch(/step 60\/60 {2}loss \d\.\d{3} {2}[\d,]+ tokens\/s {2}0:00 left\n$/)
  expect(exitCode).toBe(0)
  expect(Number(/loss on the held-out tenth: ([\d.]+)/.exec(out)?.[1])).toBeLessThan(2)
  expect(out).toContain(`checkpoint: ${path('a')}`)
  expect(readdirSync(path('a')).toSorted()).toEqual(['config.json', 'step-00000060', 'tokenizer.json'])
})

it('prints one document with --json', async () => {
  const { out } = await wids(['train', ...small, '--out', path('json'), '--steps', '2', '--sample', '5', '--json'])
  expect(JSON.parse(out)).toEqual({
    schema: 1,
    checkpoint: path('json'),
    steps: 2,
    heldOutLoss: expect.any(Number),
    sample: expect.stringMatching(/^.{5}$/s),
  })
})

it('draws a bar on a terminal', async () => {
  const terminal = memoryTerminal(undefined, true)
  await wids(['train', ...small, '--out', path('bar'), '--steps', '3', '--sample', '0'], terminal)
  expect(terminal.written().err).toContain('█')
})

it('learns the same from the same seed, and goes on where it stopped to the last bit', async () => {
  const options = [...small, '--dropout', '0.1', '--sample', '0', '--warmup', '2']
  await wids(['train', ...options, '--out', path('whole'), '--steps', '9'])
  await wids(['train', ...options, '--out', path('again'), '--steps', '9'])
  expect(await weightsOf(path('again'))).toEqual(await weightsOf(path('whole')))

  const terminal = memoryTerminal()
  terminal.err.on('data', text => {
    if (String(text).includes('step 4/9')) terminal.interrupt()
  })
  const stopped = await wids(['train', ...options, '--out', path('parts'), '--steps', '9'], terminal)
  expect(stopped).toMatchObject({ exitCode: 130, out: '' })
  expect(stopped.err).toContain(`stopped after 4 steps; continue with: wids train --resume ${path('parts')}`)
  const resumed = await wids(['train', '--resume', path('parts'), '--sample', '0'])
  expect(resumed.exitCode).toBe(0)
  expect(await weightsOf(path('parts'))).toEqual(await weightsOf(path('whole')))
})

it('takes more steps where a resumed run is to, and remembers it', async () => {
  await wids(['train', ...small, '--out', path('longer'), '--steps', '2', '--sample', '0'])
  await wids(['train', '--resume', path('longer'), '--steps', '5', '--sample', '0'])
  expect((await readCheckpoint(path('longer'))).step).toBe(5)
  const { out } = await wids(['train', '--resume', path('longer'), '--sample', '0', '--json'])
  expect(JSON.parse(out)).toMatchObject({ steps: 5 })
})

it('keeps the last good checkpoint when training diverges', async () => {
  const options = [...small, '--out', path('diverged'), '--steps', '50', '--save-every', '1', '--warmup', '20']
  const { exitCode, err } = await wids([
    'train',
    ...options,
    '--lr',
    '1e30',
    '--clip',
    '1e30',
    '--weight-decay',
    '1e30',
  ])
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('training diverged: at step') })
  const weights = await weightsOf(path('diverged')).catch((): Record<string, number[]> => ({}))
  for (const values of Object.values(weights)) expect(values.some(Number.isNaN)).toBe(false)
})

it('refuses to resume on another text', async () => {
  const text = path('changing.txt')
  writeFileSync(text, 'a sea of letters '.repeat(30))
  await wids(['train', '--data', text, ...small.slice(2), '--out', path('changed'), '--steps', '1', '--sample', '0'])
  writeFileSync(text, 'a sea of others '.repeat(30))
  const { exitCode, err } = await wids(['train', '--resume', path('changed')])
  expect({ exitCode, err }).toEqual({
    exitCode: 1,
    err: expect.stringContaining('changing.txt has changed since the run'),
  })
})

it('continues a text with what it learned', async () => {
  const options = ['--prompt', 'the wh', '--tokens', '20', '--seed', '3']
  const { exitCode, out, err } = await wids(['generate', path('a'), ...options])
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  expect(out).toMatch(/^.{20}\n?$/s)
  expect((await wids(['generate', path('a'), ...options, '--no-cache'])).out).toBe(out)
  expect(
    (await wids(['generate', path('a'), '--prompt', '-', ...options.slice(2)], memoryTerminal('the wh'))).out,
  ).toBe(out)
  const json = JSON.parse((await wids(['generate', path('a'), ...options, '--json'])).out) as Record<string, unknown>
  expect(json).toEqual({ schema: 1, prompt: 'the wh', text: out.slice(0, 20), finishReason: 'length' })
  const stop = out[7]!
  const stopped = await wids(['generate', path('a'), ...options, '--stop', stop, '--json'])
  expect(JSON.parse(stopped.out)).toMatchObject({ text: out.slice(0, out.indexOf(stop)), finishReason: 'stop' })
})

it('chooses a free folder when none is named', async () => {
  const home = process.cwd()
  process.chdir(folder)
  try {
    for (const name of ['book', 'book-2']) {
      const { out } = await wids(['train', ...small, '--steps', '1', '--sample', '0'])
      expect(out).toContain(`checkpoint: checkpoints/${name}\n`)
    }
  } finally {
    process.chdir(home)
  }
})

it.each([
  ['an unknown file', ['train', '--data', 'none.txt'], 1, 'there is no file or folder none.txt'],
  ['an empty text', ['train', '--data', 'empty.txt'], 1, 'empty.txt is empty'],
  ['a text that is none', ['train', '--data', 'binary.txt'], 1, 'binary.txt is not text in UTF-8'],
  [
    'a text shorter than a sequence',
    ['train', '--data', 'short.txt'],
    1,
    'short has 40 tokens, of which a tenth is held out; sequences of 64 need at least 73',
  ],
  ['heads that do not fit', ['train', ...small, '--heads', '3'], 2, '--heads 3 does not divide --width 16'],
  ['a run that is there already', ['train', ...small, '--out', 'a'], 2, 'a holds a run already'],
  ['nothing to resume', ['train', '--resume', 'none'], 1, 'there is no checkpoint in none'],
  [
    'other settings for a resumed run',
    ['train', '--resume', 'a', '--width', '32'],
    2,
    "'--resume <folder>' cannot be used with option '--width <n>'",
  ],
  ['a missing checkpoint', ['generate', 'none'], 1, 'there is no checkpoint in none'],
  ['a character without a token', ['generate', 'a', '--prompt', 'the ¥'], 2, 'no token for "¥" (U+00A5) at position 4'],
  ['an empty prompt', ['generate', 'a', '--prompt', ''], 2, 'the prompt is empty'],
  ['a temperature below 0', ['generate', 'a', '--temperature', '-1'], 2, 'It must be a number, 0 or more.'],
  ['steps that are no number', ['train', '--steps', 'many'], 2, 'It must be a whole number above 0.'],
  ['an unknown option', ['train', '--stepz', '1'], 2, 'Did you mean --steps?'],
  ['an unknown command', ['trian'], 2, "unknown command 'trian'"],
  ['nothing', [], 2, 'Usage: wids'],
])('explains %s', async (_, args, exitCode, message) => {
  const home = process.cwd()
  process.chdir(folder)
  writeFileSync('empty.txt', '')
  writeFileSync('binary.txt', Uint8Array.of(0xff, 0xfe, 0x80))
  writeFileSync('short.txt', 'x'.repeat(40))
  try {
    const result = await wids(args)
    expect(result.err).toContain(message)
    expect(result).toMatchObject({ exitCode, out: '' })
    expect(result.err).not.toMatch(/^ {4}at /m)
    expect(existsSync('checkpoints/short')).toBe(false)
  } finally {
    process.chdir(home)
  }
})

it.each([
  [
    'truncated weights',
    (run: string) =>
      writeFileSync(join(run, 'model.safetensors'), readFileSync(join(run, 'model.safetensors')).subarray(0, -5)),
  ],
  [
    'a lying header',
    (run: string) =>
      writeFileSync(join(run, 'model.safetensors'), Uint8Array.of(255, 255, 255, 255, 255, 255, 0, 0, 123, 125)),
  ],
  ['a missing file of weights', (run: string) => writeFileSync(join(run, 'checkpoint.json'), '{}')],
])('refuses %s in one sentence, with the trace under --debug', async (name, damage) => {
  const run = path(`damaged ${name}`)
  await wids(['train', ...small, '--out', run, '--steps', '1', '--sample', '0'])
  damage(join(run, 'step-00000001'))
  const { exitCode, err } = await wids(['generate', run])
  expect(exitCode).toBe(1)
  expect(err).toMatch(/^wids: [^\n]+\n$/)
  expect((await wids(['generate', run, '--debug'])).err).toMatch(/^ {4}at /m)
})

it.each([
  [
    'config.json',
    '{"model":{"vocabSize":1e9,"width":1e9,"context":1e9,"layers":1e9,"heads":1},"recipe":{},"data":{}}',
    'do not belong together',
  ],
  ['config.json', '[]', 'is not the configuration of a run'],
  ['config.json', '{', 'is not JSON'],
  ['tokenizer.json', '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}', 'has 1 tokens, the model 13'],
  ['tokenizer.json', '{"model":{"type":"Magic"}}', 'tokenizer.json'],
])('refuses a damaged %s: %s', async (file, content, message) => {
  const whole = readFileSync(join(path('a'), file))
  writeFileSync(join(path('a'), file), content)
  try {
    const { exitCode, err } = await wids(['generate', path('a')])
    expect(err).toContain(message)
    expect(exitCode).toBe(1)
  } finally {
    writeFileSync(join(path('a'), file), whole)
  }
})
