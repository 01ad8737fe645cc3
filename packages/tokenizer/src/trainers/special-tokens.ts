import type { AddedToken } from '../pipeline/added-tokens.ts'

/** Special tokens with the ids 0, 1, 2, …, as trainers give them. */
export function specialTokensFrom(contents: Iterable<string>): AddedToken[] {
  return Array.from(new Set(contents), (content, id) => ({
    id,
    content,
    special: true,
    singleWord: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  }))
}
