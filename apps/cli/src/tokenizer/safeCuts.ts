import { CharTokenizer, PipelineTokenizer, publishedPatterns, type Tokenizer } from '@wids/tokenizer'

/**
 * Where a text may be cut so that its parts encode to the ids of the whole:
 *
 * - `character`: anywhere between characters;
 * - `space`: before a space between two letters, which every word pattern puts in front of the second word;
 * - `line`: there, and behind a line feed between a letter, digit or punctuation mark and a letter, which ends a word;
 * - `never`: the text must be encoded whole.
 */
export type Cuts = 'character' | 'space' | 'line' | 'never'

interface Stage {
  readonly type?: string
  readonly [field: string]: unknown
}

/** Normalizers that treat each character by itself, or with the marks behind it. */
const localNormalizers = ['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents', 'BertNormalizer']
/** Pre-tokenizers that drop white space, and so cut at it. */
const whiteSpaceCutters = ['BertPreTokenizer', 'Whitespace', 'WhitespaceSplit']
/** Pre-tokenizers that only cut further what another one has cut. */
const refiners = ['Digits', 'Punctuation', ...whiteSpaceCutters]
const patterns: readonly string[] = Object.values(publishedPatterns)

/** The cuts that a tokenizer allows; `never` where its stages are not known to keep to words. */
export function cutsOf(tokenizer: Tokenizer): Cuts {
  if (tokenizer instanceof CharTokenizer) return 'character'
  if (!(tokenizer instanceof PipelineTokenizer)) return 'never'
  const { addedTokens, normalizer, preTokenizer } = tokenizer.pipeline
  const stays = addedTokens.every(({ content, lstrip, rstrip }) => !lstrip && !rstrip && !/[\s\u0085]/.test(content))
  const normalizes = stagesOf(normalizer?.json, 'normalizers').every(({ type = '' }) => localNormalizers.includes(type))
  return stays && normalizes ? cutsBetweenWords(stagesOf(preTokenizer?.json, 'pretokenizers')) : 'never'
}

function cutsBetweenWords([first, ...others]: readonly Stage[]): Cuts {
  if (first === undefined || !others.every(isRefiner)) return 'never'
  if (first.type === 'Metaspace') return first['split'] === false ? 'never' : 'space'
  const addsSpace = [first, ...others].some(stage => stage['add_prefix_space'] === true)
  return isWordCutter(first) ? (addsSpace ? 'space' : 'line') : 'never'
}

function isWordCutter(stage: Stage): boolean {
  const { type = '' } = stage
  if (type === 'ByteLevel') return stage['use_regex'] !== false
  if (type !== 'Split') return whiteSpaceCutters.includes(type)
  const { Regex } = Object(stage['pattern']) as { Regex?: string }
  // The patterns leave no gaps, so keeping the matches is the same.
  const keeps = stage['invert'] === true ? 'Removed' : 'Isolated'
  return stage['behavior'] === keeps && patterns.includes(Regex ?? '')
}

const isRefiner = ({ type = '' }: Stage): boolean => type === 'ByteLevel' || refiners.includes(type)

/** A stage of tokenizer.json as a list: a sequence as its stages. */
export function stagesOf(stage: object | null | undefined, list: string): readonly Stage[] {
  if (stage === null || stage === undefined) return []
  const { type, [list]: inner } = stage as Stage
  return type === 'Sequence' ? (inner as object[]).flatMap(each => stagesOf(each, list)) : [stage as Stage]
}

const letter = /^\p{L}$/u
const visible = /^[\p{L}\p{N}\p{P}]$/u

/** The last place in `text` after `from` where it may be cut, or 0. */
export function lastCut(text: string, from: number, cuts: Cuts): number {
  if (cuts === 'never') return 0
  if (cuts === 'character') return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length
  for (let i = text.length - 2; i > Math.max(0, from); i--) {
    const unit = text.charCodeAt(i)
    if (unit === 0x20 && letter.test(text[i - 1]!) && letter.test(text[i + 1]!)) return i
    if (cuts === 'line' && unit === 0x0a && visible.test(text[i - 1]!) && letter.test(text[i + 1]!)) return i + 1
  }
  return 0
}

/** Characters of a part, about. */
const partLength = 1 << 19

/** Joins blocks of a text and cuts them where it is safe. Memory is bounded where such places come often enough. */
export async function* safeParts(
  blocks: AsyncIterable<string>,
  cuts: Cuts,
  length = partLength,
): AsyncGenerator<string, void, void> {
  let held = ''
  let searched = 0
  for await (const block of blocks) {
    held += block
    if (cuts === 'never' || held.length < length) continue
    const cut = lastCut(held, searched, cuts)
    if (cut > 0) {
      yield held.slice(0, cut)
      held = held.slice(cut)
    }
    // The last two characters wait for what comes behind them.
    searched = cut > 0 ? 0 : held.length - 2
  }
  if (held !== '') yield held
}
