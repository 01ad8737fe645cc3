/** A text on its way through the normalizers, and where its UTF-16 units come from when somebody wants offsets. */
export interface AlignedText {
  readonly value: string
  /** Where `value` starts in the original text, as long as `starts` is null. */
  readonly base: number
  /** For each UTF-16 unit of `value` where its source starts in the original text; null when nobody asks. */
  readonly starts: Int32Array | null
  /** For each UTF-16 unit of `value` where its source ends in the original text. */
  readonly ends: Int32Array | null
}

/** Rewrites text before it is cut: case, accents, Unicode normalization forms and the like. */
export interface Normalizer {
  /** The text with its changes, and where they come from. */
  readonly normalize: (text: AlignedText) => AlignedText
  /** The `normalizer` object of tokenizer.json. */
  readonly json: { readonly type: string; readonly [field: string]: unknown }
}

/** A text that no normalizer has touched, at `base` of the original. */
export function untouchedText(value: string, base: number): AlignedText {
  return { value, base, starts: null, ends: null }
}

/** As `untouchedText`, for a normalizer to keep track of where units come from. */
export function alignedText(value: string, base: number): AlignedText {
  const starts = new Int32Array(value.length)
  const ends = new Int32Array(value.length)
  for (let i = 0; i < value.length; i++) {
    starts[i] = base + i
    ends[i] = base + i + 1
  }
  return { value, base, starts, ends }
}

/** The part `[start, end)` of a text with its alignment. */
export function sliceAligned(text: AlignedText, start: number, end: number): AlignedText {
  if (start === 0 && end === text.value.length) return text
  return {
    value: text.value.slice(start, end),
    base: text.base + start,
    starts: text.starts && text.starts.subarray(start, end),
    ends: text.ends && text.ends.subarray(start, end),
  }
}

/**
 * Replaces every match of a global `pattern`. All units of a replacement are aligned with the whole match; the
 * alignment of an insertion (an empty match) is the unit that follows it.
 */
export function rewrite(text: AlignedText, pattern: RegExp, replace: (match: string) => string): AlignedText {
  const { value, base } = text
  if (!text.starts || !text.ends) return untouchedText(value.replace(pattern, replace), base)
  const parts: string[] = []
  const starts: number[] = []
  const ends: number[] = []
  let copied = 0
  const copyUntil = (end: number) => {
    parts.push(value.slice(copied, end))
    for (let i = copied; i < end; i++) {
      starts.push(text.starts![i]!)
      ends.push(text.ends![i]!)
    }
  }
  for (const match of value.matchAll(pattern)) {
    const [source] = match
    const replacement = replace(source)
    if (replacement === source) continue
    copyUntil(match.index)
    copied = match.index + source.length
    const [from, to] = sourceRange(text, match.index, copied)
    parts.push(replacement)
    for (let i = 0; i < replacement.length; i++) {
      starts.push(from)
      ends.push(to)
    }
  }
  if (copied === 0 && parts.length === 0) return text
  copyUntil(value.length)
  return { value: parts.join(''), base, starts: Int32Array.from(starts), ends: Int32Array.from(ends) }
}

/** Where the units `[start, end)` come from in the original text. */
export function sourceRange(text: AlignedText, start: number, end: number): [number, number] {
  const { starts, ends } = text
  if (!starts || !ends) return [text.base + start, text.base + end]
  if (starts.length === 0) return [text.base, text.base]
  if (end > start) return [starts[start]!, ends[end - 1]!]
  return start < starts.length ? [starts[start]!, starts[start]!] : [ends[start - 1]!, ends[start - 1]!]
}

/** A replacement of the whole text, all of it aligned with all of the source. */
export function alignWhole(text: AlignedText, value: string): AlignedText {
  const [start, end] = sourceRange(text, 0, text.value.length)
  const { length } = value
  return { value, base: text.base, starts: new Int32Array(length).fill(start), ends: new Int32Array(length).fill(end) }
}
