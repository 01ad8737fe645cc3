import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as autograd from '@wids/autograd'
import * as nn from '@wids/nn'
import * as tensor from '@wids/tensor'
import * as tokenizer from '@wids/tokenizer'
import * as transformer from '@wids/transformer'
import { afterAll, expect, it } from 'vitest'
import { writeExamples } from '../docstrings.ts'

const examples = writeExamples({ tensor, autograd, nn, transformer, tokenizer })
const home = process.cwd()
const scratch = mkdtempSync(join(tmpdir(), 'wids-docstrings-')) // what an example saves lands here
process.chdir(scratch)
afterAll(() => {
  process.chdir(home)
  rmSync(scratch, { recursive: true, force: true })
})

/** What a reader has at hand: an example that speaks of it is a fragment, which runs up to there. */
const given =
  /^(?:model|optimizer|loader|lora|loss|norm|logits|gradients|mean|query|left|tokens|tokenizer|lines|readLines|readFile|url|x|a) is not defined$/
/** An example that reads a file runs up to there. */
const reads = /there is no (?:such file|checkpoint)/

it('finds the examples', () => expect(examples.length).toBeGreaterThan(100))

it.each(examples)('the example at $name runs', async ({ file }) => {
  const error = await import(file).then(
    () => undefined,
    (cause: Error) => cause,
  )
  const fragment = error !== undefined && (given.test(error.message) || reads.test(error.message))
  expect(fragment ? undefined : error).toBeUndefined()
})
