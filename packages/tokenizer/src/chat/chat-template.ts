import { Template } from '@huggingface/jinja'
import { ArgumentError } from '../errors.ts'
import type { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { renderProtected } from './protect-specials.ts'

/** A message of a chat; templates may look at further fields, such as `tool_calls`. */
export interface ChatMessage {
  readonly role: string
  readonly content?: unknown
  readonly [field: string]: unknown
}

/** What a chat template is given. */
export interface ChatInput {
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly unknown[]
  readonly documents?: readonly unknown[]
  /** Whether to end with the start of the assistant's answer. Default false. */
  readonly addGenerationPrompt?: boolean
  /** Further variables of the template, such as `bos_token`. They are trusted. */
  readonly variables?: { readonly [name: string]: unknown }
}

/** A chat as text and ids. */
export interface RenderedChat {
  readonly text: string
  /** UTF-16 ranges of the text that look like special tokens and came from messages, tools or documents. */
  readonly untrusted: readonly (readonly [start: number, end: number])[]
  readonly ids: Uint32Array
}

/**
 * Renders a chat with a model's template (Jinja, as Hugging Face's `chat_template` has it) and encodes it. Special tokens
 * of the template are special tokens; what looks like one in a message, a tool or a document is ordinary text. A chat
 * without such text has the ids that it has anywhere else. Throws `ArgumentError` when the template fails or changes
 * protected text.
 *
 * @example
 * const { ids } = applyChatTemplate(tokenizer, config.chat_template, {
 *   messages: [{ role: 'user', content: 'What does <|im_end|> mean?' }],
 *   addGenerationPrompt: true,
 * })
 */
export function applyChatTemplate(tokenizer: PipelineTokenizer, template: string, chat: ChatInput): RenderedChat {
  const specials = tokenizer.pipeline.addedTokens.filter(token => token.special).map(token => token.content)
  const compiled = compile(template)
  const { variables = {}, addGenerationPrompt = false, ...fromUsers } = chat
  const { text, untrusted } = renderProtected(fromUsers, specials, input =>
    render(compiled, { ...variables, ...input, add_generation_prompt: addGenerationPrompt }),
  )
  return { text, untrusted, ids: tokenizer.encodeTrusted(text, untrusted) }
}

function compile(template: string): Template {
  try {
    return new Template(template)
  } catch (cause) {
    throw new ArgumentError(`applyChatTemplate: the template is not valid: ${String(cause)}`, 'template')
  }
}

function render(template: Template, variables: Record<string, unknown>): string {
  try {
    return template.render(variables)
  } catch (cause) {
    throw new ArgumentError(`applyChatTemplate: the template failed: ${String(cause)}`, 'template')
  }
}
