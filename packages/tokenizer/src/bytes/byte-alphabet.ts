import { fromUtf8, toUtf8 } from './utf8.ts'

/**
 * The 256 printable characters by which GPT-2 writes bytes in its files: printable Latin-1 stands for itself, the
 * other 68 bytes take the characters from U+0100 on (so a space is `Ġ`). Source: `bytes_to_unicode` of GPT-2.
 */
export const byteToChar: readonly string[] = /* @__PURE__ */ buildByteToChar()

function buildByteToChar(): string[] {
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad)
    return String.fromCharCode(printable ? byte : next++)
  })
}

const charToByte = /* @__PURE__ */ new Map(byteToChar.map((char, byte) => [char.charCodeAt(0), byte]))

/** The bytes that a byte-level token such as `Ġthe` stands for, or undefined if a character is not of the alphabet. */
export function byteLevelToBytes(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length)
  for (let i = 0; i < token.length; i++) {
    const byte = charToByte.get(token.charCodeAt(i))
    if (byte === undefined) return undefined
    bytes[i] = byte
  }
  return bytes
}

/** The inverse of `byteLevelToBytes`. */
export function bytesToByteLevel(bytes: Uint8Array): string {
  let token = ''
  for (const byte of bytes) token += byteToChar[byte]!
  return token
}

/** How a vocabulary writes its tokens: as text, or byte by byte in the byte-level alphabet. */
export interface TokenSpelling {
  /** The bytes that the token matches in a text, or undefined if it can match none. */
  toBytes(token: string): Uint8Array | undefined
  toToken(bytes: Uint8Array): string
}

export const textSpelling: TokenSpelling = { toBytes: toUtf8, toToken: fromUtf8 }
export const byteLevelSpelling: TokenSpelling = { toBytes: byteLevelToBytes, toToken: bytesToByteLevel }
