import type { Vocabulary } from '../bytes/vocabulary.ts'

/**
 * A rank file as the `model` of a tokenizer.json: for every token all ways to make it from two others, by rank, as
 * Hugging Face's converter for tiktoken files writes it.
 */
export function rankedModelToJson(vocabulary: Vocabulary): { [field: string]: unknown } {
  const merges: [string, string][] = []
  for (let id = 0; id < vocabulary.size; id++) {
    if (!vocabulary.has(id)) continue
    for (const [left, right] of splitsOf(vocabulary, id))
      merges.push([vocabulary.tokenOf(left)!, vocabulary.tokenOf(right)!])
  }
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: true,
    vocab: Object.fromEntries(vocabulary.entries()),
    merges,
  }
}

function splitsOf(vocabulary: Vocabulary, id: number): [number, number][] {
  const bytes = vocabulary.bytesOf(id)
  const splits: [number, number][] = []
  for (let at = 1; at < bytes.length; at++) {
    const left = vocabulary.find(bytes, 0, at)
    const right = vocabulary.find(bytes, at, bytes.length)
    if (left >= 0 && right >= 0) splits.push([left, right])
  }
  return splits.sort((a, b) => a[0] - b[0] || a[1] - b[1])
}
