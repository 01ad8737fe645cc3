import { readFileSync } from 'node:fs'
import { loadTokenizer } from '@wids/tokenizer'
import type { Prepared, TokenizeTask } from '../../tasks.ts'

export async function prepare({ text, tokenizer }: TokenizeTask): Promise<Prepared> {
  const encoder = loadTokenizer(readFileSync(tokenizer, 'utf8'))
  const content = readFileSync(text, 'utf8')
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) encoder.encode(content)
  }
  return { check: Array.from(encoder.encode(content)), run }
}
