import { CharTokenizer, PipelineTokenizer, type Tokenizer } from '@wids/tokenizer'
import type { Terminal } from '../terminal.ts'
import { write } from './output.ts'
import { stagesOf } from './safeCuts.ts'
import { encodingPart, type Special, specialOptions } from './special.ts'
import { readAnyTokenizer, type TokenizerSource } from './tokenizerSource.ts'

export interface InspectOptions extends TokenizerSource {
  readonly special: Special
  readonly json?: boolean | undefined
}

interface ShownToken {
  readonly id: number
  readonly token: string | undefined
  /** UTF-16 range in the text; 0, 0 for tokens that the tokenizer has added. */
  readonly start: number
  readonly end: number
}

/** `wids tokenizer inspect`: what a tokenizer is made of, and the tokens of a text. */
export async function inspect(text: string | undefined, options: InspectOptions, terminal: Terminal): Promise<number> {
  const tokenizer = await readAnyTokenizer(options)
  const parts = partsOf(tokenizer)
  const tokens = text === undefined ? undefined : encodingPart(0, () => tokensOf(tokenizer, text, options.special))
  const lines = [...describe(parts), ...(tokens === undefined ? [] : ['', ...table(tokens, text!)])]
  await write(
    terminal,
    `${options.json === true ? JSON.stringify({ schema: 1, ...parts, tokens }) : lines.join('\n')}\n`,
  )
  return 0
}

interface Parts {
  readonly model: string
  readonly vocabSize: number
  readonly specialTokens: readonly { id: number; content: string }[]
  readonly normalizer: readonly string[]
  readonly preTokenizer: readonly string[]
  readonly postProcessor: readonly string[]
  readonly decoder: readonly string[]
}

function partsOf(tokenizer: Tokenizer): Parts {
  const { vocabSize } = tokenizer
  const { model, addedTokens = [], ...stages } = pipelineOf(tokenizer)
  const names = (stage: { readonly json: object } | undefined, list: string): string[] =>
    stagesOf(stage?.json, list).map(({ type }) => type ?? 'unnamed')
  return {
    model,
    vocabSize,
    specialTokens: addedTokens.filter(({ special }) => special).map(({ id, content }) => ({ id, content })),
    normalizer: names(stages.normalizer, 'normalizers'),
    preTokenizer: names(stages.preTokenizer, 'pretokenizers'),
    postProcessor: names(stages.postProcessor, 'processors'),
    decoder: names(stages.decoder, 'decoders'),
  }
}

type Stages = Omit<Partial<PipelineTokenizer['pipeline']>, 'model'> & { readonly model: string }

function pipelineOf(tokenizer: Tokenizer): Stages {
  if (tokenizer instanceof CharTokenizer) return { model: 'characters' }
  const { type } = Object(tokenizer.toJson()['model']) as { type?: string }
  const stages = tokenizer instanceof PipelineTokenizer ? tokenizer.pipeline : {}
  return { ...stages, model: type ?? 'unnamed' }
}

function describe(parts: Parts): string[] {
  const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '))
  return [
    `model           ${parts.model}`,
    `vocabulary      ${parts.vocabSize} tokens`,
    `special tokens  ${listed(parts.specialTokens.map(({ id, content }) => `${content} (${id})`))}`,
    `normalizer      ${listed(parts.normalizer)}`,
    `pre-tokenizer   ${listed(parts.preTokenizer)}`,
    `post-processor  ${listed(parts.postProcessor)}`,
    `decoder         ${listed(parts.decoder)}`,
  ]
}

function tokensOf(tokenizer: Tokenizer, text: string, special: Special): ShownToken[] {
  const show = (id: number, start: number, end: number): ShownToken => ({
    id,
    token: tokenizer.idToToken(id),
    start,
    end,
  })
  if (tokenizer instanceof PipelineTokenizer) {
    const { ids, offsets } = tokenizer.encoding(text, specialOptions[special])
    return Array.from(ids, (id, i) => show(id, offsets[i * 2]!, offsets[i * 2 + 1]!))
  }
  let at = 0
  const lengths = Array.from(text, character => character.length)
  return Array.from(tokenizer.encode(text), (id, i) => show(id, at, (at += lengths[i]!)))
}

function table(tokens: readonly ShownToken[], text: string): string[] {
  const rows = tokens.map(({ id, token, start, end }) => [
    String(id),
    `${start}-${end}`,
    JSON.stringify(token ?? ''),
    JSON.stringify(text.slice(start, end)),
  ])
  const all = [['id', 'offsets', 'token', 'text'], ...rows]
  const widths = [0, 1, 2].map(column => Math.max(...all.map(row => row[column]!.length)))
  return all.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
}
