import { ArgumentError } from '../errors.ts'

type Range = readonly [start: number, end: number]

/**
 * Renders input from users, hiding from the template what looks like a special token, and says where that stands in the
 * result. Placeholders are random for each call, so that no text can guess them, and consist of letters, so that
 * templates that trim or search text treat them as text.
 */
export function renderProtected<T>(
  input: T,
  specials: readonly string[],
  render: (input: T) => string,
): { text: string; untrusted: Range[] } {
  if (specials.length === 0) return { text: render(input), untrusted: [] }
  const secret = randomLetters(24)
  const pattern = new RegExp(
    specials
      .toSorted((a, b) => b.length - a.length)
      .map(escape)
      .join('|'),
    'g',
  )
  const hidden: string[] = []
  const strings: string[] = []
  const hide = (text: string) => {
    strings.push(text)
    return text.replace(pattern, special => `${secret}${letters(hidden.push(special) - 1)}z`)
  }
  const revealed = putBack(render(mapStrings(input, hide) as T), secret, hidden)
  if (strings.some(text => mayJoin(text, specials)))
    checkJoins(revealed, render(mapStrings(input, () => randomLetters(8)) as T), pattern)
  return revealed
}

/** Applies `change` to all strings of plain data but the roles of messages. */
function mapStrings(value: unknown, change: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return key === 'role' ? value : change(value)
  if (Array.isArray(value)) return value.map(item => mapStrings(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapStrings(item, change, name)]))
}

function putBack(rendered: string, secret: string, hidden: readonly string[]): { text: string; untrusted: Range[] } {
  const untrusted: Range[] = []
  let text = ''
  let copied = 0
  for (const match of rendered.matchAll(new RegExp(`${secret}([a-p]+)z`, 'g'))) {
    text += rendered.slice(copied, match.index)
    copied = match.index + match[0].length
    const special = hidden[numberOf(match[1]!)] ?? ''
    untrusted.push([text.length, text.length + special.length])
    text += special
  }
  text += rendered.slice(copied)
  if (text.toLowerCase().includes(secret))
    throw new ArgumentError(
      'applyChatTemplate: the template changes the text of messages, so text that looks like a special token cannot be ' +
        'told from the template’s own; remove it from the messages',
      'template',
    )
  return { text, untrusted }
}

/** Whether a text could complete a special token together with what the template puts beside it. */
function mayJoin(text: string, specials: readonly string[]): boolean {
  return specials.some(special => {
    for (let length = 1; length < special.length; length++)
      if (text.endsWith(special.slice(0, length)) || text.startsWith(special.slice(-length))) return true
    return false
  })
}

function checkJoins(
  { text, untrusted }: { text: string; untrusted: Range[] },
  skeleton: string,
  pattern: RegExp,
): void {
  const isUntrusted = (at: number) => untrusted.some(([start, end]) => at >= start && at < end)
  const trusted = Array.from(text.matchAll(pattern)).filter(({ index }) => !isUntrusted(index))
  if (trusted.length > Array.from(skeleton.matchAll(pattern)).length)
    throw new ArgumentError(
      'applyChatTemplate: a message completes a special token together with the text beside it; remove the part of the ' +
        'token at the start or the end of the message',
      'messages',
    )
}

function randomLetters(count: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(count)), byte =>
    String.fromCharCode(0x61 + (byte & 15)),
  ).join('')
}

/** A number in base 16 with the digits a to p. */
function letters(number: number): string {
  return Array.from(number.toString(16), digit => String.fromCharCode(0x61 + parseInt(digit, 16))).join('')
}

function numberOf(text: string): number {
  return parseInt(Array.from(text, letter => (letter.charCodeAt(0) - 0x61).toString(16)).join(''), 16)
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
