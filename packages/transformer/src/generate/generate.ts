import { ArgumentError, Generator, rand } from '@wids/tensor'
import { printed } from '@wids/tensor/graph'
import { type CausalModel, cachedReader, fullReader, type Reader } from './readers.ts'
import { checkSampling, sampleToken, type SamplingOptions } from './sampleToken.ts'

/** How a text is continued, beside how each token is chosen. */
export interface GenerateOptions extends SamplingOptions {
  /** The most tokens to generate. Default 100. */
  readonly maxTokens?: number | undefined
  /** The same seed gives the same tokens. Default random. */
  readonly seed?: number | undefined
  /** Token ids that end the text; they are not yielded. */
  readonly stop?: readonly number[] | undefined
  /** Whether to remember keys and values of earlier tokens, which gives the same tokens faster. Default true. */
  readonly cache?: boolean | undefined
}

/** Why generation ended: a stop token came, or `maxTokens` were generated. */
export type FinishReason = 'stop' | 'length'

/**
 * Continues a text token by token, yielding each as soon as it is chosen. When the context is full, its older half is
 * forgotten. Leave the loop early (to stop at a string, say) whenever you like.
 *
 * @param model gives logits of the next token; in training mode it is set to evaluation while it computes
 * @param prompt token ids, at least one
 * @returns why it ended, as the generator's return value
 * @throws ArgumentError for an empty prompt, an id outside of the vocabulary and options out of range
 * @example
 * for await (const id of generate(model, tokenizer.encode('Call me '), { maxTokens: 200, temperature: 0.8, seed: 1 }))
 *   process.stdout.write(tokenizer.decode([id]))
 */
export async function* generate(
  model: CausalModel,
  prompt: ArrayLike<number>,
  options: GenerateOptions = {},
): AsyncGenerator<number, FinishReason, void> {
  const { maxTokens = 100, stop = [], cache = true, seed = Math.floor(Math.random() * 2 ** 32) } = options
  checkPrompt(prompt, model.config.vocabSize)
  if (!(maxTokens >= 0)) throw new ArgumentError('generate', `maxTokens is at least 0, got ${maxTokens}`)
  const tokens = Array.from(prompt)
  checkSampling(options)
  const reader: Reader = cache ? cachedReader(model) : fullReader(model)
  const uniform = uniforms(seed)
  try {
    for (let count = 0; count < maxTokens; count++) {
      const logits = await reader.read(tokens)
      const id = sampleToken(logits, options, (await uniform.next()).value)
      if (stop.includes(id)) return 'stop'
      tokens.push(id)
      yield id
    }
    return 'length'
  } finally {
    reader.close()
  }
}

function checkPrompt(prompt: ArrayLike<number>, vocabSize: number): void {
  if (typeof prompt !== 'object' || prompt === null)
    throw new ArgumentError('generate', `the prompt is a list of token ids, got ${printed(prompt)}`)
  if (prompt.length === 0) throw new ArgumentError('generate', 'the prompt is empty; start with at least one token')
  const unknown = Array.from(prompt).find(id => !Number.isInteger(id) || id < 0 || id >= vocabSize)
  if (unknown !== undefined)
    throw new ArgumentError('generate', `token ${unknown} of the prompt is outside of the vocabulary of ${vocabSize}`)
}

/** Random numbers in [0, 1) without end, drawn some at a time. */
async function* uniforms(seed: number): AsyncGenerator<number, never, void> {
  const generator = new Generator(seed)
  while (true) yield* await rand([256], { generator }).data()
}
