import { type Tensor, WidsError, zeros } from '@wids/tensor'
import { describe, expect, it } from 'vitest'
import { GPT, generate, MultiHeadAttention } from '../src/index.ts'

/** What JavaScript lets through. */
const wrong = <T>(value: unknown): T => value as T
const gpt = new GPT({ vocabSize: 11, context: 8, layers: 1, heads: 2, width: 8 })
const attention = new MultiHeadAttention(8, 2)
const x = zeros([2, 3, 8])

const mistakes: readonly (readonly [name: string, call: () => unknown, message: string])[] = [
  ['GPT()', () => gpt.forward(wrong<Tensor>(undefined)), 'GPT: ids is a tensor, got undefined'],
  [
    'GPT([[1, 2]])',
    () => gpt.forward(wrong<Tensor>([[1, 2]])),
    'GPT: ids is a tensor, got an array; make one with tensor(…)',
  ],
  [
    'attention of one',
    () => attention.forward(x, wrong<Tensor>(undefined), x),
    'MultiHeadAttention: key is a tensor, got undefined',
  ],
  [
    'attention, channels',
    () => attention.forward(x, x, zeros([2, 3, 9])),
    'MultiHeadAttention: value is [batch, time, 8], got [2, 3, 9]',
  ],
  [
    'attention, rank',
    () => attention.forward(zeros([3, 8]), x, x),
    'MultiHeadAttention: query is [batch, time, 8], got [3, 8]',
  ],
  [
    'generate, text',
    () => generate(gpt, wrong('hello')).next(),
    'generate: the prompt is a list of token ids, got "hello"',
  ],
  ['generate()', () => generate(gpt, wrong(null)).next(), 'generate: the prompt is a list of token ids, got null'],
  ['maxTokens', () => generate(gpt, [1], { maxTokens: NaN }).next(), 'generate: maxTokens is at least 0, got NaN'],
]

describe('a mistake that types would have caught', () => {
  it.each(mistakes)('%s is a typed error that names what was called', async (_, call, message) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(WidsError)
    expect(String(error)).toContain(message)
  })
})
