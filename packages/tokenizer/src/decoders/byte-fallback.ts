import { GrowableBytes } from '../bytes/growable.ts'
import { firstInvalidUtf8, fromUtf8 } from '../bytes/utf8.ts'
import type { Decoder } from './decoder.ts'

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/

/** Joins runs of byte tokens (`<0xE2>`) into text; a run that is not UTF-8 becomes one U+FFFD per byte. */
export function byteFallbackDecoder(): Decoder {
  return {
    json: { type: 'ByteFallback' },
    decode(tokens) {
      const result: string[] = []
      const run = new GrowableBytes()
      const flush = () => {
        if (run.length === 0) return
        const bytes = run.toArray()
        result.push(firstInvalidUtf8(bytes) < 0 ? fromUtf8(bytes) : '\ufffd'.repeat(bytes.length))
        run.length = 0
      }
      for (const token of tokens) {
        const match = byteToken.exec(token)
        if (match) run.push(parseInt(match[1]!, 16))
        else {
          flush()
          result.push(token)
        }
      }
      flush()
      return result
    },
  }
}
