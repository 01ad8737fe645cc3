import type { Tensor } from '@wids/tensor'

type State = Readonly<Record<string, Tensor>>

/** What wrappers and other classes put in front of GPT's names. */
const prefix = /^(_orig_mod\.|module\.|transformer\.)+/
/** Causal masks, and the head, which is the token embedding once more. */
const redundant = /^(lm_head\.weight|h\.\d+\.attn\.(bias|masked_bias))$/
/** Layers that Hugging Face's GPT-2 stores as [in, out]. */
const projection = /\.(c_attn|c_fc|c_proj)\.weight$/

/**
 * The weights of a GPT under our names, from those of nanoGPT or of Hugging Face's GPT-2.
 *
 * @param state as saved: with or without `transformer.`, masks and the tied head; weights [out, in] or [in, out]
 * @example
 * gptState({ 'transformer.wte.weight': table, 'lm_head.weight': table })   // { 'wte.weight': table }
 */
export function gptState(state: State): State {
  const named = Object.entries(state).map(([name, value]) => [name.replace(prefix, ''), value] as const)
  const kept = named.filter(([name]) => !redundant.test(name))
  // Queries, keys and values together are three times as many as the channels they come from.
  const first = kept.find(([name]) => name === 'h.0.attn.c_attn.weight')?.[1]
  const isTransposed = first !== undefined && first.shape[1] === 3 * first.shape[0]!
  const turned = kept.map(([name, value]) => [name, isTransposed && projection.test(name) ? value.transpose() : value])
  return Object.fromEntries(turned) as State
}
