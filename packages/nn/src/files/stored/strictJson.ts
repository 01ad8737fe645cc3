/**
 * Parses JSON in which no object has a key twice (`JSON.parse` keeps the last) and nothing nests deeper than `depth`.
 *
 * @throws SyntaxError with a message that says which
 */
export function parseStrictJson(text: string, depth: number): unknown {
  const open: Set<string>[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') {
      if (open.push(new Set()) > depth) throw new SyntaxError(`it nests deeper than ${depth} levels`)
    } else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = closingQuote(text, at)
      if (isKey(text, end)) addKey(open.at(-1), JSON.parse(text.slice(at, end + 1)) as string)
      at = end
    }
  }
  return JSON.parse(text)
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new SyntaxError(`the key '${key}' appears twice`)
  keys?.add(key)
}

/** The position of the quote that ends a string, or the end of the text. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return text.length
}

/** Only keys are followed by a colon. */
function isKey(text: string, end: number): boolean {
  let at = end + 1
  while (' \t\n\r'.includes(text[at] ?? '.')) at++
  return text[at] === ':'
}
