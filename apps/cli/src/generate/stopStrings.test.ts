import { expect, it } from 'vitest'
import { untilStop } from './stopStrings.ts'

/** What is shown in the end, however the text is cut into pieces. */
function shown(text: string, stops: readonly string[], size: number): string {
  const push = untilStop(stops)
  let all = ''
  for (let at = 0; at < text.length; at += size) {
    const { text: part, stopped } = push(text.slice(at, at + size))
    all += part
    if (stopped) return all
  }
  return all + push('', true).text
}

it.each([
  ['to be or not', [], 'to be or not'],
  ['to be or not', ['or'], 'to be '],
  ['aabaac', ['aac'], 'aab'],
  ['aaaa', ['aaab'], 'aaaa'],
  ['one\n\ntwo', ['two', '\n\n'], 'one'],
  ['abc', ['', 'x'], 'abc'],
])('%j until %j is %j', (text, stops, expected) => {
  for (const size of [1, 2, 3, 100]) expect(shown(text, stops, size)).toBe(expected)
})

it('shows at once what cannot belong to a stop string', () => {
  const push = untilStop(['END'])
  expect(push('the E')).toEqual({ text: 'the ', stopped: false })
  expect(push('agle')).toEqual({ text: 'Eagle', stopped: false })
})
