import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ArgumentError, FormatError, loadTokenizer, type Tokenizer } from '@wids/tokenizer'
import { Failure } from './failure.ts'
import { readJson, writeJson } from './jsonFile.ts'

/** The tokenizer in a tokenizer.json, or in a folder that has one. */
export async function readTokenizer(path: string): Promise<Tokenizer> {
  const file = (await stat(path)).isDirectory() ? join(path, 'tokenizer.json') : path
  const json = await readJson(file)
  try {
    return loadTokenizer(json as object)
  } catch (error) {
    throw error instanceof FormatError ? new Failure(`${file}: ${error.message}`) : error
  }
}

export const writeTokenizer = (file: string, tokenizer: Tokenizer): Promise<void> => writeJson(file, tokenizer.toJson())

/** Token ids of a text from the command line; characters that the vocabulary lacks are the user's mistake. */
export const encodeText = (tokenizer: Tokenizer, text: string): Uint32Array => asUsage(() => tokenizer.encode(text))

/** Text of ids from the command line. */
export const decodeIds = (tokenizer: Tokenizer, ids: readonly number[]): string => asUsage(() => tokenizer.decode(ids))

/** Turns what a tokenizer says of its arguments into a mistake in the command line. */
export function asUsage<T>(body: () => T): T {
  try {
    return body()
  } catch (error) {
    throw error instanceof ArgumentError ? new Failure(error.message, 2) : error
  }
}
