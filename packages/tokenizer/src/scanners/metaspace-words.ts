/** Words that carry their spaces in front, as sentencepiece has them: `▁+[^▁]*|[^▁]+`. */
export const metaspaceWordPattern = '▁+[^▁]*|[^▁]+'

/** Scans one such word. */
export function scanMetaspaceWord(bytes: Uint8Array, at: number, end: number): number {
  while (isSpaceMark(bytes, at, end)) at += 3
  while (at < end && !isSpaceMark(bytes, at, end)) at++
  return at
}

/** Whether `▁` (U+2581, in UTF-8 E2 96 81) stands at `at`. */
export function isSpaceMark(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 2 < end && bytes[at] === 0xe2 && bytes[at + 1] === 0x96 && bytes[at + 2] === 0x81
}
