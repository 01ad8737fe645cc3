import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTokenizer, trainBpe } from '@wids/tokenizer'
import { expect, it } from 'vitest'
import { main } from '../src/main.ts'
import { megabytes, progressLine } from '../src/tokenizer/output.ts'
import { memoryTerminal } from './memoryTerminal.ts'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const path = (name: string): string => join(folder, name)
const [text, bpe] = [path('text.txt'), path('bpe.json')]
const line = 'The whale – a sea, it’s 1851!\n\nAnd the ship 中文。\n'
const book = line.repeat(15_000)
writeFileSync(text, book)
writeFileSync(
  bpe,
  JSON.stringify(trainBpe(line, { vocabSize: 300, pattern: 'cl100k', specialTokens: ['<|end|>'] }).toJson()),
)
const tokenizer = loadTokenizer(readFileSync(bpe, 'utf8'))

async function run(args: readonly string[], input?: string) {
  const terminal = memoryTerminal(input)
  const exitCode = await main(['tokenizer', ...args], terminal, '0.0.0')
  return { exitCode, ...terminal.written() }
}

it('encodes a large file as its whole text, and decodes it to the same bytes', async () => {
  const { exitCode, out, err } = await run(['encode', '--tokenizer', bpe, text])
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  expect(out === `${tokenizer.encode(book).join(' ')}\n`).toBe(true)
  expect((await run(['decode', '--tokenizer', bpe], out)).out === book).toBe(true)
  const json = JSON.parse((await run(['decode', '--tokenizer', bpe, '--json'], out)).out) as object
  expect(json).toEqual({ schema: 1, text: book })
})

it('encodes standard input or an argument, as ids, a count or JSON', async () => {
  const ids = [...tokenizer.encode('a sea')]
  const encode = async (args: readonly string[], input?: string) =>
    (await run(['encode', '--tokenizer', bpe, ...args], input)).out
  expect(await encode([], 'a sea')).toBe(`${ids.join(' ')}\n`)
  expect(await encode(['--text', 'a sea'])).toBe(`${ids.join(' ')}\n`)
  expect(JSON.parse(await encode(['--json'], 'a sea'))).toEqual({ schema: 1, ids, count: ids.length })
  expect(JSON.parse(await encode(['--json'], ''))).toEqual({ schema: 1, ids: [], count: 0 })
  expect(await encode(['--count'], 'a sea')).toBe(`${ids.length}\n`)
  expect(JSON.parse(await encode(['--count', '--json'], 'a sea'))).toEqual({ schema: 1, count: ids.length })
  expect(await encode(['--special', 'take', '--text', '<|end|>'])).toBe('0\n')
  expect(await encode(['--special', 'text', '--text', '<|end|>'])).not.toBe('0\n')
})

it.each(['bpe', 'wordpiece', 'unigram', 'char'])('trains %s from files and standard input', async type => {
  const file = path(`trained-${type}.json`)
  const size = type === 'char' ? [] : ['--vocab-size', type === 'bpe' ? '280' : '40']
  const { exitCode, out } = await run(['train', '--type', type, ...size, '--out', file, '--json', text])
  const { vocabSize } = loadTokenizer(readFileSync(file, 'utf8'))
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toEqual({ schema: 1, file, type, vocabSize, bytes: Buffer.byteLength(book) })
  const trained = readFileSync(file, 'utf8')
  expect((await run(['train', '--type', type, ...size, '--out', file], book)).out).toBe(
    `${file}: ${vocabSize} tokens\n`,
  )
  expect(readFileSync(file, 'utf8')).toBe(trained)
})

it('trains bpe in parts as on the whole text, with all options', async () => {
  const file = path('options.json')
  const args = ['--min-frequency', '2', '--pattern', 'o200k', '--special-tokens', '<a>', '<b>', '--vocab-size', '290']
  expect((await run(['train', ...args, '--out', file], book)).exitCode).toBe(0)
  const specialTokens = ['<a>', '<b>']
  const expected = trainBpe(book, { vocabSize: 290, minFrequency: 2, pattern: 'o200k', specialTokens })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(expected.toJson())))
})

it('puts the template of BERT around a text once', async () => {
  const vocab = path('vocab.txt')
  writeFileSync(vocab, '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nsea\n##s\n')
  expect((await run(['encode', '--tokenizer', vocab], 'A SEAS')).out).toBe('2 5 6 7 3\n')
  expect((await run(['encode', '--tokenizer', vocab, '--no-template'], 'A SEAS')).out).toBe('5 6 7\n')
  expect((await run(['decode', '--tokenizer', vocab, '--skip-special'], '2 5 6,7\n3')).out).toBe('a seas')
  expect(JSON.parse((await run(['inspect', '--tokenizer', vocab, '--json', 'a seas'])).out)).toMatchObject({
    schema: 1,
    model: 'WordPiece',
    vocabSize: 8,
    specialTokens: [{ id: 0, content: '[PAD]' }, {}, {}, {}, {}],
    normalizer: ['BertNormalizer'],
    preTokenizer: ['BertPreTokenizer'],
    postProcessor: ['BertProcessing'],
    decoder: ['WordPiece'],
    tokens: [
      { id: 2, token: '[CLS]', start: 0, end: 0 },
      { id: 5, token: 'a', start: 0, end: 1 },
      { id: 6, token: 'sea', start: 2, end: 5 },
      { id: 7, token: '##s', start: 5, end: 6 },
      { id: 3, token: '[SEP]', start: 0, end: 0 },
    ],
  })
})

it('reads rank files and pairs of files', async () => {
  const ranks = Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte]).toString('base64')} ${byte}`)
  for (const name of ['r50k_base.tiktoken', 'mine.tiktoken']) writeFileSync(path(name), ranks.join('\n'))
  expect((await run(['encode', '--tokenizer', path('r50k_base.tiktoken')], 'ab')).out).toBe('97 98\n')
  const mine = ['encode', '--tokenizer', path('mine.tiktoken')]
  expect(await run(mine, 'ab')).toMatchObject({ exitCode: 2, err: expect.stringContaining('with --encoding') })
  expect((await run([...mine, '--encoding', 'cl100k_base'], 'ab')).out).toBe('97 98\n')
  writeFileSync(path('vocab.json'), JSON.stringify({ a: 0, b: 1, ab: 2 }))
  writeFileSync(path('merges.txt'), '#version: 0.2\na b\n')
  expect((await run(['encode', '--tokenizer', folder], 'abba')).out).toBe('2 1 0\n')
})

it('describes a tokenizer, and the tokens of a text', async () => {
  const { out } = await run(['inspect', '--tokenizer', bpe, 'a 中'])
  expect(out.split('\n').slice(0, 7)).toEqual([
    'model           BPE',
    `vocabulary      ${tokenizer.vocabSize} tokens`,
    'special tokens  <|end|> (0)',
    'normalizer      none',
    'pre-tokenizer   Split, ByteLevel',
    'post-processor  none',
    'decoder         ByteLevel',
  ])
  expect(out).toMatch(/^\d+ +0-1 +"a" +"a"$/m)
  const chars = path('characters.json')
  await run(['train', '--type', 'char', '--out', chars], '😀b')
  const { model, tokens } = JSON.parse((await run(['inspect', '--tokenizer', chars, '--json', 'b😀b'])).out) as {
    model: string
    tokens: readonly { start: number; end: number }[]
  }
  expect(model).toBe('characters')
  expect(tokens.map(({ start, end }) => [start, end])).toEqual([
    [0, 1],
    [1, 3],
    [3, 4],
  ])
})

it('measures MB/s', async () => {
  const args = ['bench', '--tokenizer', bpe, '--seconds', '0.01', text]
  expect((await run(args)).out).toMatch(/^[\d.]+ MB\/s \(median of \d+ passes\), [\d.]+ MB\/s in the first; /)
  const { bytes, tokens, medianMBps } = JSON.parse((await run([...args, '--json'])).out) as Record<string, number>
  expect({ bytes, tokens }).toEqual({ bytes: Buffer.byteLength(book), tokens: tokenizer.encode(book).length })
  expect(medianMBps).toBeGreaterThan(0)
})

const latin = path('latin.txt')
writeFileSync(latin, Buffer.from([0x61, 0xe9, 0x62]))
const short = path('short.json')
writeFileSync(short, '{"model": {"type": "Mystery"}}')

it.each([
  [[], 2, 'Usage: wids tokenizer'],
  [['encode', text], 2, "required option '--tokenizer <file>'"],
  [['encode', '--tokenizer', 'none.json', text], 1, 'there is no file or folder none.json'],
  [['encode', '--tokenizer', 'none.model', text], 1, 'there is no file or folder none.model'],
  [['encode', '--tokenizer', short, text], 1, 'Mystery'],
  [['encode', '--tokenizer', bpe], 2, 'there is nothing to read'],
  [['encode', '--tokenizer', bpe, 'none.txt'], 1, 'there is no file or folder none.txt'],
  [['encode', '--tokenizer', bpe, latin], 1, 'latin.txt is not text in UTF-8'],
  [['encode', '--tokenizer', bpe, '--text', 'x', text], 2, 'give a file or --text, not both'],
  [['encode', '--tokenizer', bpe, '--text', 'x<|end|>'], 2, 'at position 1; take it with --special take'],
  [['decode', '--tokenizer', bpe, latin], 1, 'latin.txt is not text in UTF-8'],
  [['inspect', '--tokenizer', bpe, '<|end|>'], 2, 'at position 0; take it with --special take'],
  [['train', 'none.txt'], 1, 'there is no file or folder none.txt'],
  [['train', '--type', 'char', '--pattern', 'gpt2', text], 2, '--type char has no --pattern'],
  [['train', '--vocab-size', '10', text], 2, 'vocabSize must be a whole number from 256'],
  [['bench', '--tokenizer', bpe], 2, 'there is nothing to read'],
])('explains %j', async (args, exitCode, message) => {
  const result = await run(args)
  expect(result.err).toContain(message)
  expect(result.err).not.toMatch(/^ +at /m)
  expect(result).toMatchObject({ exitCode, out: '' })
})

it('says what it has read when that takes long, on standard error', () => {
  const terminal = memoryTerminal()
  let time = 0
  const progress = progressLine(terminal, () => time)
  for (time of [1000, 2999, 3000, 4000, 6500]) progress(() => megabytes(time * 1e4))
  expect(terminal.written()).toEqual({ out: '', err: '30.0 MB\n65.0 MB\n' })
})

it.each([
  ['1 two', 'ids are whole numbers, got "two"'],
  ['1'.repeat(30), 'ids are whole numbers, got "11111111111111111111…"'],
  ['1 999', 'no token has id 999'],
])('refuses ids %j', async (input, message) => {
  const result = await run(['decode', '--tokenizer', bpe], input)
  expect(result).toMatchObject({ exitCode: 2, err: expect.stringContaining(message) })
})

it('says where in a large text a special token is', async () => {
  const { exitCode, err } = await run(['encode', '--tokenizer', bpe], `${book}<|end|>`)
  expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining(`at position ${book.length};`) })
})
