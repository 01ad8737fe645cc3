import { utf8Width } from '../bytes/utf8.ts'
import type { Scanner } from '../scanners/scanner.ts'
import type { Pieces } from './pieces.ts'

/** Cuts text into words, which the model then cuts into tokens one by one. */
export interface PreTokenizer {
  /** Cuts every piece of `input` further and appends the parts to `output`, which is empty and on the same bytes. */
  readonly split: (input: Pieces, output: Pieces) => void
  /** Fast path for a pre-tokenizer that only cuts: finds the end of the piece that starts at an offset. */
  readonly scan?: Scanner
  /** The `pre_tokenizer` object of tokenizer.json. */
  readonly json: { readonly type: string; readonly [field: string]: unknown }
}

/** What becomes of the matches of a splitting pattern. */
export type SplitBehavior = 'Isolated' | 'Removed' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous'

/** Calls `found` for every match in `bytes[start..end)`, from left to right. */
export type MatchFinder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  found: (start: number, end: number) => void,
) => void

/** Tries a scanner at every character. */
export function scanMatches(scan: Scanner): MatchFinder {
  return (bytes, start, end, found) => {
    for (let at = start; at < end;) {
      const stop = scan(bytes, at, end)
      if (stop > at) found(at, stop)
      at = stop > at ? stop : at + utf8Width(bytes[at]!)
    }
  }
}

/** Cuts every piece into matches and the gaps between them, and arranges these as `behavior` says. */
export function splitBy(find: MatchFinder, behavior: SplitBehavior, invert = false): PreTokenizer['split'] {
  return (input, output) => {
    for (let i = 0; i < input.count; i++) {
      const end = input.ends[i]!
      let gap = input.starts[i]!
      const parts: Part[] = []
      find(input.bytes, gap, end, (from, to) => {
        if (gap < from) parts.push({ start: gap, end: from, isMatch: invert })
        parts.push({ start: from, end: to, isMatch: !invert })
        gap = to
      })
      if (gap < end) parts.push({ start: gap, end, isMatch: invert })
      arrange(parts, behavior, output)
    }
  }
}

interface Part {
  start: number
  end: number
  isMatch: boolean
}

function arrange(parts: readonly Part[], behavior: SplitBehavior, output: Pieces): void {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    const next = parts[i + 1]
    if (behavior === 'Isolated') output.add(part.start, part.end)
    else if (behavior === 'Removed') {
      if (!part.isMatch) output.add(part.start, part.end)
    } else if (next && joins(part, next, behavior)) next.start = part.start
    else output.add(part.start, part.end)
  }
}

function joins(part: Part, next: Part, behavior: SplitBehavior): boolean {
  switch (behavior) {
    case 'Contiguous':
      return part.isMatch === next.isMatch
    case 'MergedWithPrevious':
      return !part.isMatch && next.isMatch
    case 'MergedWithNext':
      return part.isMatch && !next.isMatch
    default:
      return false
  }
}
