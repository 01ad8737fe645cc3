import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { get_encoding } from 'tiktoken'
import { describe, expect, it } from 'vitest'
import { packageFolder } from '../bench/corpora.ts'
import { replaceLoneSurrogates } from '../src/bytes/utf8.ts'
import { fromTiktoken, tiktokenEncodings } from '../src/index.ts'
import { fuzzedTexts, runs } from './exactness-texts.ts'

const data = join(packageFolder('gpt-tokenizer'), 'data')
const plans = readFileSync(join(data, 'TestPlans.txt'), 'utf8')
const names = ['r50k_base', 'p50k_base', 'cl100k_base', 'o200k_base'] as const

describe.each(names)('%s', name => {
  const tokenizer = fromTiktoken(readFileSync(join(data, `${name}.tiktoken`)), tiktokenEncodings[name])

  it('fulfils the test plans of OpenAI', () => {
    const cases = [...plans.matchAll(/EncodingName: (\S+)\r?\nSample: (.*)\r?\nEncoded: \[(.*)\]/g)].filter(
      plan => plan[1] === name,
    )
    expect(cases.length).toBeGreaterThan(5)
    for (const [, , sample, ids] of cases) {
      const expected = ids === '' ? [] : ids!.split(',').map(Number)
      expect([...tokenizer.encode(sample!, { disallowedSpecial: 'text' })]).toEqual(expected)
      expect(tokenizer.decode(expected)).toBe(sample)
    }
  })

  it('gives the ids of tiktoken, and decodes them', () => {
    const tiktoken = get_encoding(name)
    for (const text of [...fuzzedTexts(3000), ...runs()]) {
      const ids = tokenizer.encode(text)
      expect(ids).toEqual(tiktoken.encode_ordinary(text))
      expect(tokenizer.decode(ids)).toBe(replaceLoneSurrogates(text))
    }
    tiktoken.free()
  })
})
