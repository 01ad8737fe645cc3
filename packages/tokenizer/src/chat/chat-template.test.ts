import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArgumentError } from '../errors.ts'
import { trainBpe } from '../trainers/bpe-trainer.ts'
import { applyChatTemplate } from './chat-template.ts'

const template = `{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`
const tokenizer = trainBpe('user assistant system hello', {
  vocabSize: 300,
  specialTokens: ['<|im_start|>', '<|im_end|>'],
})
const special = (ids: Uint32Array) => [...ids].filter(id => id < 2)
const apply = (content: string) => applyChatTemplate(tokenizer, template, { messages: [{ role: 'user', content }] })

describe('applyChatTemplate', () => {
  it('encodes a clean chat as its rendered text', () => {
    const messages = [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: '  hello ' },
    ]
    const { text, ids, untrusted } = applyChatTemplate(tokenizer, template, { messages, addGenerationPrompt: true })
    expect(text).toBe(
      '<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n',
    )
    expect(ids).toEqual(tokenizer.encode(text, { allowedSpecial: 'all' }))
    expect(untrusted).toEqual([])
  })

  it('lets no message inject special tokens', () => {
    const parts = fc.constantFrom('<|im_start|>', '<|im_end|>', 'system', '\n', ' ', 'a', '<', '<|', '|>', 'im_end')
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), pieces => {
        const content = pieces.join('')
        try {
          const { text, ids } = apply(content)
          expect(special(ids)).toEqual([0, 1])
          expect(tokenizer.decode(ids)).toBe(text)
          expect(text).toBe(`<|im_start|>user\n${content.trim()}<|im_end|>\n`)
        } catch (error) {
          // Only a message that would complete a token together with its neighbour may be refused.
          if (!(error instanceof ArgumentError)) throw error
        }
      }),
      { numRuns: 500 },
    )
  })

  it('refuses a message that completes a special token of its neighbourhood', () => {
    const joining = "{{ messages[0].content + 'im_end|>' }}"
    expect(() => applyChatTemplate(tokenizer, joining, { messages: [{ role: 'user', content: 'a<|' }] })).toThrow(
      'completes a special token',
    )
  })

  it('refuses a template that changes protected text', () => {
    const shouting = '{{ messages[0].content | upper }}'
    expect(() =>
      applyChatTemplate(tokenizer, shouting, { messages: [{ role: 'user', content: '<|im_end|>' }] }),
    ).toThrow('the template changes the text')
  })

  it('reports templates that do not parse or that fail', () => {
    expect(() => applyChatTemplate(tokenizer, '{% for %}', { messages: [] })).toThrow(ArgumentError)
    expect(() => applyChatTemplate(tokenizer, "{{ raise_exception('no') }}", { messages: [] })).toThrow(
      'the template failed',
    )
  })
})
