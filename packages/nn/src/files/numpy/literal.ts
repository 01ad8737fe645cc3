import { parseStrictJson } from '../stored/strictJson.ts'

/** `'text'`, `12` (`12L` in Python 2), `True`, `False`, or a mark */
const token = /\s*(?:'([^'"\\]*)'|"([^'"\\]*)"|(\d+)L?|(True|False)|([{}(),:]))/y
const marks: Readonly<Record<string, string>> = { '(': '[', ')': ']' }

/**
 * Reads the Python dictionary of an .npy header, of texts, truths and tuples of numbers, and no more of Python than that.
 *
 * @throws SyntaxError that says what is wrong
 */
export const parseDictionary = (text: string): unknown => parseStrictJson(jsonOf(text), 2)

/** The same as JSON, which has no comma after the last item. */
function jsonOf(text: string): string {
  const parts: string[] = []
  const end = text.trimEnd().length
  for (token.lastIndex = 0; token.lastIndex < end;) {
    const from = token.lastIndex
    const match = token.exec(text)
    if (match === null)
      throw new SyntaxError(`at character ${from} stands ${JSON.stringify(text.slice(from, from + 20))}`)
    const [, single, double, digits, truth, mark = ''] = match
    const quoted = single ?? double
    if ((mark === ')' || mark === '}') && parts.at(-1) === ',') parts.pop()
    parts.push(quoted === undefined ? (digits ?? truth?.toLowerCase() ?? marks[mark] ?? mark) : JSON.stringify(quoted))
  }
  return parts.join(' ')
}
