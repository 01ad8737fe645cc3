import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { trainBpe } from '@wids/tokenizer'
import { storeFile } from './files.ts'
import type { TokenizeTask } from './tasks.ts'

let text: string | undefined
/** The TypeScript and Markdown of this repository, in one text: about a megabyte. */
function corpus(): string {
  if (text !== undefined) return text
  const root = join(import.meta.dirname, '../..')
  const files = globSync(['*.md', 'packages/*/*.md', 'packages/*/src/**/*.ts'], { cwd: root }).toSorted()
  return (text = files.map(file => readFileSync(join(root, file), 'utf8')).join('\n'))
}

/** UTF-8 bytes that are encoded. */
export const tokenizeBytes = (): number => Buffer.byteLength(corpus())

/** The corpus with a byte-level BPE of 2048 tokens that was trained on it. */
export function tokenizeTask(): TokenizeTask {
  const json = JSON.stringify(trainBpe(corpus(), { vocabSize: 2048 }).toJson())
  return { kind: 'tokenize', text: storeFile('corpus.txt', corpus()), tokenizer: storeFile('tokenizer.json', json) }
}
