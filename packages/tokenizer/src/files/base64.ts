const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = /* @__PURE__ */ new Int8Array(256).fill(-1).map((_, byte) => alphabet.indexOf(String.fromCharCode(byte)))

/** Decodes the base64 text in `source[start..end)` into `target`; returns the number of bytes, or -1 if it is not base64. */
export function decodeBase64(source: Uint8Array, start: number, end: number, target: Uint8Array): number {
  while (end > start && source[end - 1] === 0x3d) end--
  let bits = 0
  let count = 0
  let length = 0
  for (let at = start; at < end; at++) {
    const value = values[source[at]!]!
    if (value < 0) return -1
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      target[length++] = (bits >> count) & 0xff
    }
  }
  return length
}

/** The base64 text of bytes, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const bits = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    const left = bytes.length - at
    text += alphabet[bits >> 18]! + alphabet[(bits >> 12) & 63]!
    text += (left > 1 ? alphabet[(bits >> 6) & 63]! : '=') + (left > 2 ? alphabet[bits & 63]! : '=')
  }
  return text
}
