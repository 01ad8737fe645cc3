import { readFileSync } from 'node:fs'
import { Tokenizer } from 'tokenizers'
import type { Prepared, TokenizeTask } from '../../tasks.ts'

/** Hugging Face's own, native code. */
export async function prepare({ text, tokenizer }: TokenizeTask): Promise<Prepared> {
  const encoder = Tokenizer.fromString(readFileSync(tokenizer, 'utf8'))
  const content = readFileSync(text, 'utf8')
  const encode = async (): Promise<number[]> => (await encoder.encode(content)).getIds()
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await encode()
  }
  return { check: await encode(), run }
}
