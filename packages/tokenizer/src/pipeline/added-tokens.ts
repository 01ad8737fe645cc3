import { FormatError } from '../errors.ts'

/** A token that is found in the text before any other cutting. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  /** Special tokens are recognised in a text only when the caller allows them. */
  readonly special: boolean
  /** Match only when no word character stands next to it. */
  readonly singleWord: boolean
  /** Swallow white space to the left. */
  readonly lstrip: boolean
  /** Swallow white space to the right. */
  readonly rstrip: boolean
  /** Look for it in the normalized text instead of the original. */
  readonly normalized: boolean
}

interface TrieNode {
  readonly next: Map<number, TrieNode>
  token: AddedToken | undefined
}

export interface AddedMatch {
  readonly token: AddedToken
  /** UTF-16 range in the text, with stripped white space. */
  readonly start: number
  readonly end: number
}

/** Whether a token counts in this search: leave it as text, take it, or refuse the text. */
export type Verdict = (token: AddedToken, start: number, end: number) => 'text' | 'take' | 'refuse'

/** Finds added tokens in text: a trie for the longest match, and a character class to jump to where one can start. */
export class AddedTokenFinder {
  private readonly root: TrieNode = { next: new Map(), token: undefined }
  private readonly candidates: RegExp | undefined

  /** `spell` gives the text by which a token is found, its content or its normalized content. */
  constructor(tokens: readonly AddedToken[], spell: (content: string) => string) {
    for (const token of tokens) this.insert(token, spell(token.content))
    const firsts = [...this.root.next.keys()].map(unit => `\\u${unit.toString(16).padStart(4, '0')}`)
    this.candidates = firsts.length > 0 ? new RegExp(`[${firsts.join('')}]`, 'g') : undefined
  }

  private insert(token: AddedToken, text: string): void {
    if (text === '') return
    let node = this.root
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      let next = node.next.get(unit)
      if (!next) node.next.set(unit, (next = { next: new Map(), token: undefined }))
      node = next
    }
    node.token ??= token
  }

  /** All matches from left to right, the longest at each place; a refused token ends the search with `refused`. */
  find(text: string, verdict: Verdict): { matches: AddedMatch[]; refused?: AddedMatch } {
    const matches: AddedMatch[] = []
    const { candidates } = this
    if (!candidates) return { matches }
    let from = 0
    for (;;) {
      candidates.lastIndex = from
      const candidate = candidates.exec(text)
      if (!candidate) return { matches }
      const at = candidate.index
      const found = this.longestAt(text, at, verdict)
      if (!found) from = at + 1
      else if (found.refused) return { matches, refused: found.match }
      else {
        const floor = matches.length > 0 ? matches[matches.length - 1]!.end : 0
        const match = widen(found.match, text, floor)
        matches.push(match)
        from = Math.max(match.end, at + 1)
      }
    }
  }

  private longestAt(text: string, at: number, verdict: Verdict): { match: AddedMatch; refused: boolean } | undefined {
    let node: TrieNode | undefined = this.root
    let best: { match: AddedMatch; refused: boolean } | undefined
    for (let i = at; node; i++) {
      const { token } = node
      if (token && !(token.singleWord && touchesWord(text, at, i))) {
        const decision = verdict(token, at, i)
        if (decision !== 'text') best = { match: { token, start: at, end: i }, refused: decision === 'refuse' }
      }
      node = i < text.length ? node.next.get(text.charCodeAt(i)) : undefined
    }
    return best
  }
}

const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u
const wordAfter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u

function touchesWord(text: string, start: number, end: number): boolean {
  return wordBefore.test(text.slice(Math.max(0, start - 2), start)) || wordAfter.test(text.slice(end, end + 2))
}

// White space as Unicode has it: with U+0085 and without U+FEFF, unlike JavaScript's \s.
const space = /[\t-\r\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

function widen(match: AddedMatch, text: string, floor: number): AddedMatch {
  let { start, end } = match
  if (match.token.lstrip) while (start > floor && space.test(text[start - 1]!)) start--
  if (match.token.rstrip) while (end < text.length && space.test(text[end]!)) end++
  return { token: match.token, start, end }
}

/** Added tokens by id, with a check that no two of them contradict each other. */
export function indexAddedTokens(tokens: readonly AddedToken[], file: string): Map<number, AddedToken> {
  const byId = new Map<number, AddedToken>()
  const ids = new Map<string, number>()
  for (const token of tokens) {
    const other = byId.get(token.id)
    if (other && other.content !== token.content)
      throw new FormatError(
        `${file}: added tokens ${JSON.stringify(other.content)} and ${JSON.stringify(token.content)} both have id ${token.id}`,
        file,
        'added_tokens',
      )
    if (ids.has(token.content) && ids.get(token.content) !== token.id)
      throw new FormatError(
        `${file}: added token ${JSON.stringify(token.content)} has the ids ${ids.get(token.content)} and ${token.id}`,
        file,
        'added_tokens',
      )
    byId.set(token.id, token)
    ids.set(token.content, token.id)
  }
  return byId
}
