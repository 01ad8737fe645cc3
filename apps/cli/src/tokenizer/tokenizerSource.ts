import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  FormatError,
  fromSentencePiece,
  fromTiktoken,
  fromVocabAndMerges,
  fromVocabTxt,
  tiktokenEncodings,
  type Tokenizer,
} from '@wids/tokenizer'
import { Failure } from '../failure.ts'
import { readTokenizer } from '../tokenizerFile.ts'

export interface TokenizerSource {
  readonly tokenizer: string
  readonly encoding?: keyof typeof tiktokenEncodings | undefined
}

/** A tokenizer from any file that models publish; the name of the file says which kind it is. */
export async function readAnyTokenizer({ tokenizer: path, encoding }: TokenizerSource): Promise<Tokenizer> {
  try {
    if (path.endsWith('.model')) return fromSentencePiece(await readFile(path))
    if (path.endsWith('.tiktoken'))
      return fromTiktoken(await readFile(path), tiktokenEncodings[encoding ?? encodingOf(path)])
    if (path.endsWith('.txt')) return fromVocabTxt(await readFile(path, 'utf8'))
    if (await isPairOfFiles(path)) return await readPair(path)
  } catch (error) {
    throw error instanceof FormatError ? new Failure(`${path}: ${error.message}`) : error
  }
  return readTokenizer(path)
}

function encodingOf(path: string): keyof typeof tiktokenEncodings {
  const name = basename(path, '.tiktoken')
  if (Object.hasOwn(tiktokenEncodings, name)) return name as keyof typeof tiktokenEncodings
  throw new Failure(`${path} does not say which encoding it is; name it with --encoding`, 2)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

const isPairOfFiles = async (folder: string): Promise<boolean> =>
  !(await exists(join(folder, 'tokenizer.json'))) && (await exists(join(folder, 'merges.txt')))

async function readPair(folder: string): Promise<Tokenizer> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
  return fromVocabAndMerges(await read('vocab.json'), await read('merges.txt'))
}
