/**
 * Byte-pair encoding in as few lines as it takes, to be read, not to be fast. `trainBpe` and `BpeModel` give the same
 * merges and the same ids; the tests hold them against this file.
 */

/** A merge of two neighbouring tokens into a new one; the place in the list is its rank. */
export interface MinimalMerge {
  readonly left: number
  readonly right: number
  readonly merged: number
}

/** Ids 0 to 255 are the bytes; each merge adds the next id. */
export function minimalTrain(words: readonly string[], mergeCount: number): MinimalMerge[] {
  // Every word starts as its UTF-8 bytes.
  const corpus = words.map(word => [...new TextEncoder().encode(word)])
  const merges: MinimalMerge[] = []
  while (merges.length < mergeCount) {
    const pair = mostFrequentPair(corpus)
    if (!pair) break
    const merge = { left: pair[0], right: pair[1], merged: 256 + merges.length }
    merges.push(merge)
    for (let i = 0; i < corpus.length; i++) corpus[i] = applyMerge(corpus[i]!, merge)
  }
  return merges
}

/** Applies the merges in the order in which they were learned. */
export function minimalEncode(word: string, merges: readonly MinimalMerge[]): number[] {
  let ids = [...new TextEncoder().encode(word)]
  for (const merge of merges) ids = applyMerge(ids, merge)
  return ids
}

/** Unfolds every id into its two parts until only bytes are left. */
export function minimalDecode(ids: readonly number[], merges: readonly MinimalMerge[]): string {
  const unfold = (id: number): number[] => {
    if (id < 256) return [id]
    const { left, right } = merges[id - 256]!
    return [...unfold(left), ...unfold(right)]
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(ids.flatMap(unfold)))
}

/** Replaces every `left right` by `merged`, from left to right. */
function applyMerge(ids: readonly number[], { left, right, merged }: MinimalMerge): number[] {
  const result: number[] = []
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] === left && ids[i + 1] === right) {
      result.push(merged)
      i++ // the right half is used up
    } else result.push(ids[i]!)
  }
  return result
}

/** The pair of neighbours seen most often; among equals the one with the smaller ids. */
function mostFrequentPair(corpus: readonly number[][]): [number, number] | undefined {
  const counts = new Map<string, number>()
  for (const ids of corpus)
    for (let i = 0; i + 1 < ids.length; i++) {
      const key = `${ids[i]},${ids[i + 1]}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  let best: [number, number] | undefined
  let bestCount = 0
  for (const [key, count] of counts) {
    const pair = key.split(',').map(Number) as [number, number]
    const isSmaller = !best || pair[0] < best[0] || (pair[0] === best[0] && pair[1] < best[1])
    if (count > bestCount || (count === bestCount && isSmaller)) {
      best = pair
      bestCount = count
    }
  }
  return best
}
