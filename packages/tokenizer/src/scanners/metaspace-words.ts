/** Words that carry their spaces in front, as sentencepiece has them: `▁+[^▁]*|[^▁]+`. */
export const metaspaceWordPattern = '▁+[^▁]*|[^▁]+'

/** Scans one such word. `▁` is U+2581, in UTF-8 E2 96 81. */
export function scanMetaspaceWord(bytes: Uint8Array, at: number, end: number): number {
  while (isMark(bytes, at, end)) at += 3
  while (at < end && !isMark(bytes, at, end)) at++
  return at
}

function isMark(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 2 < end && bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
}
