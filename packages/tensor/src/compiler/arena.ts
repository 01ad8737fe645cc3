/** Bytes that are needed from one launch to another, both included. */
export interface Span {
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/**
 * An offset for every span, so that spans alive at the same time do not overlap: the largest first, each at the lowest
 * place where it fits (the greedy-by-size heuristic of Pisarchyk & Lee, "Efficient memory management for deep neural
 * net inference", 2020).
 */
export function layOut(spans: readonly Span[], alignment: number): { offsets: number[]; total: number } {
  const offsets = new Array<number>(spans.length).fill(0)
  const order = spans.map((_, i) => i).toSorted((a, b) => spans[b]!.bytes - spans[a]!.bytes || a - b)
  const placed: number[] = []
  let total = 0
  for (const i of order) {
    const span = spans[i]!
    const bytes = Math.ceil(span.bytes / alignment) * alignment
    const neighbours = placed.filter(j => spans[j]!.from <= span.to && span.from <= spans[j]!.to)
    let offset = 0
    for (const j of neighbours) {
      if (offset + bytes <= offsets[j]!) break
      offset = Math.max(offset, offsets[j]! + Math.ceil(spans[j]!.bytes / alignment) * alignment)
    }
    offsets[i] = offset
    total = Math.max(total, offset + bytes)
    placed.push(i)
    placed.sort((a, b) => offsets[a]! - offsets[b]!)
  }
  return { offsets, total }
}
