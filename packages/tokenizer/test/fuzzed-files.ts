import fc from 'fast-check'
import {
  ArgumentError,
  FormatError,
  fromSentencePiece,
  fromTiktoken,
  loadTokenizer,
  type Tokenizer,
} from '../src/index.ts'
import sentencePieces from './goldens/sentencepiece.json' with { type: 'json' }
import goldens from './goldens/tokenizers.json' with { type: 'json' }

const odd: unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 40,
  '',
  'x',
  '\ud800',
  [],
  {},
  [[]],
  [['a']],
  'constructor',
  '__proto__',
  '(',
  '\\p{X}',
]
const jsonFiles = Object.values(goldens).map(({ json }) => JSON.stringify(json))
const modelFiles = Object.values(sentencePieces).map(({ model }) => new Uint8Array(Buffer.from(model, 'base64')))
const rankFile = Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte]).toString('base64')} ${byte}`)
  .concat(`${Buffer.from('he').toString('base64')} 256`)
  .join('\n')

/** Loads a file and uses it; whatever it is, only the package's own errors may come out. */
function useFile(load: () => Tokenizer): void {
  try {
    const tokenizer = load()
    const ids = tokenizer.encode('Hello wörld 1 😀', { disallowedSpecial: 'text' })
    tokenizer.decode(ids)
    tokenizer.toJson()
  } catch (error) {
    if (!(error instanceof ArgumentError) && !(error instanceof FormatError)) throw error
  }
}

/** A copy of plain data in which one value somewhere is replaced, deleted or moved. */
function mutate(value: unknown, path: readonly number[], replacement: unknown): unknown {
  if (path.length === 0 || typeof value !== 'object' || value === null) return replacement
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...(value as unknown[])] : { ...value }
  const keys = Object.keys(copy)
  if (keys.length === 0) return replacement
  const key = keys[path[0]! % keys.length]! as keyof typeof copy
  if (path.length === 1 && replacement === undefined) delete copy[key]
  else Object.assign(copy, { [key]: mutate(copy[key], path.slice(1), replacement) })
  return copy
}

const path = fc.array(fc.nat(400), { minLength: 1, maxLength: 5 })
const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })

function edited(bytes: Uint8Array, changes: readonly [number, number][]): Uint8Array {
  const copy = bytes.slice()
  for (const [at, byte] of changes) copy[at % copy.length] = byte
  return copy
}

/** Runs `runs` mutations of files of every kind. */
export function fuzzFiles(runs: number): void {
  const part = { numRuns: Math.ceil(runs / 4) }
  fc.assert(
    fc.property(fc.constantFrom(...jsonFiles), path, fc.constantFrom(undefined, ...odd), (file, at, replacement) =>
      useFile(() => loadTokenizer(mutate(JSON.parse(file), at, replacement) as object)),
    ),
    part,
  )
  fc.assert(
    fc.property(
      fc.constantFrom(...jsonFiles),
      fc.nat(),
      fc.nat(30),
      fc.string({ maxLength: 3 }),
      (file, at, count, text) => {
        const start = at % file.length
        useFile(() => loadTokenizer(file.slice(0, start) + text + file.slice(start + count)))
      },
    ),
    part,
  )
  fc.assert(
    fc.property(fc.constantFrom(...modelFiles), edits, (file, changes) =>
      useFile(() => fromSentencePiece(edited(file, changes))),
    ),
    part,
  )
  fc.assert(
    fc.property(edits, changes =>
      useFile(() => fromTiktoken(edited(Buffer.from(rankFile), changes), { pattern: 'gpt2' })),
    ),
    part,
  )
}
