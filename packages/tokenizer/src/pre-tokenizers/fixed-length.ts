import { utf8Width } from '../bytes/utf8.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/** Cuts into pieces of a fixed number of characters; the last one may be shorter. */
export function fixedLength(options: { length: number }): PreTokenizer {
  return {
    json: { type: 'FixedLength', length: options.length },
    split: (input, output) => {
      for (let i = 0; i < input.count; i++) {
        const end = input.ends[i]!
        for (let at = input.starts[i]!; at < end;) {
          const from = at
          for (let n = 0; n < options.length && at < end; n++) at += utf8Width(input.bytes[at]!)
          output.add(from, at)
        }
      }
    },
  }
}
