import { PipelineTokenizer } from './pipeline/pipeline-tokenizer.ts'
import type { DecodeOptions, Tokenizer } from './tokenizer.ts'

/** Turns ids that come one by one into text, as a chat that shows its answer while it is written. */
export interface DecodeStream {
  /** The text that this id completes; empty while a character is not finished. */
  push(id: number): string
  /** What is left at the end: an unfinished character, as U+FFFD. */
  end(): string
}

/** With so many ids at the front whose text is out, the stream forgets them. */
const remembered = 16

/**
 * Decodes a stream of ids. Each stream has its own state, so many can run at once on one tokenizer. The pieces joined
 * are what `decode` gives for all ids together.
 *
 * @example
 * const stream = createDecodeStream(tokenizer)
 * for (const id of ids) process.stdout.write(stream.push(id))
 * process.stdout.write(stream.end())
 */
export function createDecodeStream(tokenizer: Tokenizer, options: DecodeOptions = {}): DecodeStream {
  const joinsBytes = tokenizer instanceof PipelineTokenizer && tokenizer.joinsBytes
  return joinsBytes ? byteStream(tokenizer, options) : textStream(tokenizer, options)
}

/** Where decoding joins bytes, at most three of them wait for the rest of their character. */
function byteStream(tokenizer: PipelineTokenizer, options: DecodeOptions): DecodeStream {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return {
    push: id => decoder.decode(tokenizer.decodeBytes([id], options), { stream: true }),
    end: () => decoder.decode(),
  }
}

/** Otherwise the text of an id depends on the ids before it: decode some of those again and show what is new. */
function textStream(tokenizer: Tokenizer, options: DecodeOptions): DecodeStream {
  let ids: number[] = []
  let shown = ''
  const rest = () => {
    const text = tokenizer.decode(ids, options)
    return text.startsWith(shown) ? text.slice(shown.length) : ''
  }
  return {
    push(id) {
      ids.push(id)
      const text = tokenizer.decode(ids, options)
      // The end of an unfinished character decodes to U+FFFD: wait for the rest of it.
      if (text.length <= shown.length || text.endsWith('\ufffd') || !text.startsWith(shown)) return ''
      const added = text.slice(shown.length)
      shown = text
      if (ids.length >= remembered) {
        ids = ids.slice(-1)
        shown = tokenizer.decode(ids, options)
      }
      return added
    },
    end: rest,
  }
}
