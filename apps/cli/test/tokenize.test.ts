import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../src/main.ts'
import { memoryTerminal } from './memoryTerminal.ts'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const [text, chars, bpe] = ['text.txt', 'chars.json', 'bpe.json'].map(name => join(folder, name)) as [
  string,
  string,
  string,
]
writeFileSync(text, 'a whale, a sea – a whale\n'.repeat(10))

async function tokenize(args: readonly string[], input?: string) {
  const terminal = memoryTerminal(input)
  const exitCode = await main(['tokenize', ...args], terminal, '0.0.0')
  return { exitCode, ...terminal.written() }
}

it('trains a tokenizer of characters, and encodes and decodes with it', async () => {
  expect(await tokenize(['--train', text, '--type', 'char', '--out', chars])).toEqual({
    exitCode: 0,
    out: `${chars}: 10 tokens\n`,
    err: '',
  })
  expect((await tokenize(['--tokenizer', chars, 'a sea'])).out).toBe('3 1 7 4 3\n')
  expect((await tokenize(['--tokenizer', chars, '--decode', '3 1 7 4 3'])).out).toBe('a sea\n')
  expect((await tokenize(['--tokenizer', chars, '--decode'], '3, 1,7\n4 3')).out).toBe('a sea\n')
})

it('trains BPE', async () => {
  const { out } = await tokenize(['--train', text, '--vocab-size', '270', '--out', bpe, '--json'])
  expect(JSON.parse(out)).toMatchObject({ schema: 1, file: bpe, type: 'bpe' })
  const encoded = JSON.parse((await tokenize(['--tokenizer', bpe, '--json'], 'a whale – né')).out) as {
    ids: number[]
    tokens: string[]
  }
  expect(encoded.tokens).toContain('Ġwhale')
  expect((await tokenize(['--tokenizer', bpe, '--decode', encoded.ids.join(' ')])).out).toBe('a whale – né\n')
})

it.each([
  [['some text'], 2, 'name a tokenizer with --tokenizer'],
  [['--tokenizer', 'none.json', 'x'], 1, 'there is no file or folder none.json'],
  [['--tokenizer', text, 'x'], 1, 'text.txt is not JSON'],
  [['--tokenizer', chars], 2, 'there is nothing to tokenize'],
  [['--tokenizer', chars, 'xyz'], 2, 'no token for "x"'],
  [['--tokenizer', chars, '--decode', '1 two'], 2, 'ids are whole numbers, got "two"'],
  [['--tokenizer', chars, '--decode', '99'], 2, 'no token has id 99'],
  [['--train', 'none.txt'], 1, 'there is no file or folder none.txt'],
  [['--train', text, '--vocab-size', '10'], 2, 'vocabSize must be a whole number from 256'],
])('explains %j', async (args, exitCode, message) => {
  const result = await tokenize(args)
  expect(result.err).toContain(message)
  expect(result).toMatchObject({ exitCode, out: '' })
})

it('leaves an old file alone when writing fails', async () => {
  const before = readFileSync(chars, 'utf8')
  const result = await tokenize(['--train', text, '--type', 'char', '--out', join(folder, 'no', 'such', 'place.json')])
  expect(result).toMatchObject({
    exitCode: 1,
    err: expect.stringMatching(/there is no file or folder \S*place\.json\n$/),
  })
  expect(readFileSync(chars, 'utf8')).toBe(before)
})
