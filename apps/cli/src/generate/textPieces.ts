import type { Tokenizer } from '@wids/tokenizer'

/** What decoding gives for bytes that are not yet, or never will be, a character. */
const incomplete = '\uFFFD'
/** No character has more bytes, so none is spread over more tokens. */
const longest = 4

/** Text of tokens as they come; a character that is spread over several tokens comes when it is whole. */
export async function* textPieces(
  tokenizer: Tokenizer,
  ids: AsyncIterable<number>,
): AsyncGenerator<string, void, void> {
  let held: number[] = []
  for await (const id of ids) {
    held.push(id)
    const text = tokenizer.decode(held)
    if (text.endsWith(incomplete) && held.length < longest) continue
    yield text
    held = []
  }
  if (held.length > 0) yield tokenizer.decode(held)
}
