import { Pieces } from './pieces.ts'
import type { PreTokenizer } from './pre-tokenizer.ts'

/** Runs pre-tokenizers one after the other, each on the pieces that the one before left. */
export function sequencePreTokenizer(parts: readonly PreTokenizer[]): PreTokenizer {
  const json = { type: 'Sequence', pretokenizers: parts.map(part => part.json) }
  const cutting = parts.filter(part => !keepsAll(part))
  const split: PreTokenizer['split'] = (input, output) => {
    let current = input
    for (const [i, part] of cutting.entries()) {
      const next = i === cutting.length - 1 ? output : new Pieces(current.bytes)
      next.restart(current)
      part.split(current, next)
      current = next
    }
    if (cutting.length === 0) for (let i = 0; i < input.count; i++) output.add(input.starts[i]!, input.ends[i]!)
  }
  const [only] = cutting
  return cutting.length === 1 && only!.scan ? { json, split, scan: only!.scan } : { json, split }
}

/** A byte-level pre-tokenizer that neither cuts nor adds a space leaves everything as it is. */
function keepsAll(part: PreTokenizer): boolean {
  const { json } = part
  return json.type === 'ByteLevel' && json['use_regex'] === false && json['add_prefix_space'] === false
}
