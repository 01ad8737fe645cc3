import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { main } from '../src/main.ts'
import { memoryTerminal } from './memoryTerminal.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** What a command prints as its help. */
async function helpOf(command: string): Promise<string> {
  const terminal = memoryTerminal()
  await main([command, '--help'], terminal, '0.0.0')
  return terminal.written().out
}

it.each(['train', 'generate', 'tokenize'])('the README has the help of wids %s', async command =>
  expect(readme).toContain(`\`\`\`text\n${await helpOf(command)}\`\`\`\n`),
)

it('every option in an example exists', async () => {
  const examples = [...readme.matchAll(/^.*\b(?:wids|@wids\/cli) (train|generate|tokenize)\b(.*)$/gm)]
  const used = examples.flatMap(([, command, rest]) =>
    [...rest!.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => [command!, option!] as const),
  )
  expect(used.length).toBeGreaterThan(10)
  for (const [command, option] of used) expect(await helpOf(command)).toContain(`${option} `)
})
