import { scanGpt2 } from '../scanners/gpt2.ts'
import { insertSpaces } from './insert-space.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

export interface ByteLevelOptions {
  /** Put a space before a text that does not start with one. */
  addPrefixSpace?: boolean
  /** Cut with GPT-2's pattern; otherwise leave pieces whole. */
  useRegex?: boolean
  trimOffsets?: boolean
}

/**
 * GPT-2's pre-tokenizer. That each byte then counts as one symbol is the business of the model, whose vocabulary is in
 * the byte-level spelling. Source: Hugging Face's `ByteLevel`.
 */
export function byteLevelPreTokenizer(options: ByteLevelOptions = {}): PreTokenizer {
  const { addPrefixSpace = true, useRegex = true, trimOffsets = true } = options
  const json = {
    type: 'ByteLevel',
    add_prefix_space: addPrefixSpace,
    trim_offsets: trimOffsets,
    use_regex: useRegex,
  }
  const scan = useRegex ? scanGpt2 : (_bytes: Uint8Array, _at: number, end: number) => end
  const split: PreTokenizer['split'] = (input, output) => {
    if (addPrefixSpace) insertSpaces(input)
    output.restart(input)
    for (let i = 0; i < input.count; i++) {
      const end = input.ends[i]!
      for (let at = input.starts[i]!; at < end;) {
        const stop = scan(input.bytes, at, end)
        output.add(at, stop)
        at = stop
      }
    }
  }
  return addPrefixSpace ? { json, split } : { json, split, scan }
}
