import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { main } from '../src/main.ts'
import { memoryTerminal } from './memoryTerminal.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** What a command prints as its help. */
async function helpOf(command: string): Promise<string> {
  const terminal = memoryTerminal()
  await main([...command.split(' '), '--help'], terminal, '0.0.0')
  return terminal.written().out
}

const ofTokenizer = ['train', 'encode', 'decode', 'inspect', 'bench'].map(name => `tokenizer ${name}`)

it.each(['train', 'generate', 'tokenize', ...ofTokenizer])('the README has the help of wids %s', async command =>
  expect(readme).toContain(`\`\`\`text\n${await helpOf(command)}\`\`\`\n`),
)

it('every option in an example exists', async () => {
  const examples = [...readme.matchAll(/^.*\b(?:wids|@wids\/cli) (train|generate|tokenize|tokenizer \w+)\b(.*)$/gm)]
  const used = examples.flatMap(([, command, rest]) =>
    [...rest!.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => [command!, option!] as const),
  )
  expect(used.length).toBeGreaterThan(10)
  for (const [command, option] of used) expect(await helpOf(command)).toContain(`${option} `)
})
