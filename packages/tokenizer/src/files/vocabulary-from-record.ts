import type { TokenSpelling } from '../bytes/byte-alphabet.ts'
import { Vocabulary } from '../bytes/vocabulary.ts'
import { FormatError } from '../errors.ts'

/** Builds a vocabulary from a `{ token: id }` object; ids must be distinct and not absurdly sparse. */
export function vocabularyFromRecord(
  record: { readonly [token: string]: unknown },
  path: string,
  spelling: TokenSpelling,
  file = 'tokenizer.json',
): Vocabulary {
  return vocabularyFromEntries(Object.entries(record), path, spelling, file)
}

/** As `vocabularyFromRecord`, from `[token, id]` pairs. */
export function vocabularyFromEntries(
  entries: readonly (readonly [token: string, id: unknown])[],
  path: string,
  spelling: TokenSpelling,
  file: string,
): Vocabulary {
  let highest = -1
  for (const [token, id] of entries) {
    checkId(id, entries.length, `${path}[${JSON.stringify(token)}]`, file)
    if (id > highest) highest = id
  }
  const vocabulary = new Vocabulary(highest + 1, entries.length, spelling)
  for (const [token, id] of entries)
    if (!vocabulary.addToken(id as number, token)) {
      const taken = vocabulary.tokenOf(id as number)
      throw new FormatError(
        `${file}: ${path}: token ${JSON.stringify(token)} with id ${String(id)} repeats ${taken === undefined ? 'a token' : JSON.stringify(taken)}`,
        file,
        path,
      )
    }
  return vocabulary
}

/** Ids may leave holes, but a file of few tokens must not make us allocate for billions. */
function checkId(id: unknown, count: number, path: string, file: string): asserts id is number {
  const most = count * 8 + 1_000_000
  if (!Number.isInteger(id) || (id as number) < 0)
    throw new FormatError(`${file}: ${path}: an id must be a whole number from 0, got ${String(id)}`, file, path)
  if ((id as number) > most)
    throw new FormatError(`${file}: ${path}: id ${String(id)} is far beyond the ${count} tokens there are`, file, path)
}
