import { FormatError } from '../errors.ts'
import {
  caseVariants,
  namedSets,
  onigurumaLatin1Words,
  onigurumaWordSet,
  propertySet,
  rustWordSet,
  spaceSet,
} from './character-sets.ts'

/** Whose syntax a pattern is in: Hugging Face's files are read by Oniguruma, tiktoken's by Rust's fancy-regex. */
export type RegexDialect = 'oniguruma' | 'rust'

const lineBreak = '(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])'

/** Escapes that mean a set of characters, in and outside of brackets. */
function setEscapesOf(word: string): ReadonlyMap<string, string> {
  return new Map([
    ['s', `[${spaceSet}]`],
    ['S', `[^${spaceSet}]`],
    ['w', `[${word}]`],
    ['W', `[^${word}]`],
    ['d', '\\p{Nd}'],
    ['D', '\\P{Nd}'],
    ['h', '[0-9A-Fa-f]'],
    ['H', '[^0-9A-Fa-f]'],
  ])
}

function assertionEscapesOf(word: string): ReadonlyMap<string, string> {
  return new Map([
    ['b', `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`],
    ['B', `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`],
    ['A', '(?<![^])'],
    ['z', '(?![^])'],
    ['Z', '(?=\\n?(?![^]))'],
    ['R', lineBreak],
  ])
}

const characterEscapes: ReadonlyMap<string, string> = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\u0007'],
  ['e', '\u001b'],
  ['0', '\0'],
])

/**
 * A global JavaScript regular expression that matches what the other engine's pattern matches: its `\s`, `\w` and case
 * rules, possessive quantifiers, atomic groups, POSIX classes. Throws `FormatError` for what cannot be reproduced.
 */
export function translateRegex(pattern: string, dialect: RegexDialect = 'oniguruma'): RegExp {
  const source = new Translator(pattern, dialect).translate()
  try {
    return new RegExp(source, 'gv')
  } catch (cause) {
    throw new FormatError(
      `the regular expression ${pattern} cannot be used: ${String(cause)}`,
      'tokenizer.json',
      undefined,
      { cause },
    )
  }
}

class Translator {
  private readonly pattern: string
  private readonly dialect: RegexDialect
  private at = 0
  private atomicGroups = 0
  private ignoreCase = false
  /** Contents of `\w` outside of brackets. */
  private readonly outerWord: string
  private readonly setEscapes: ReadonlyMap<string, string>
  private readonly assertionEscapes: ReadonlyMap<string, string>

  constructor(pattern: string, dialect: RegexDialect) {
    const word = dialect === 'rust' ? rustWordSet : onigurumaWordSet
    this.setEscapes = setEscapesOf(word)
    this.outerWord = dialect === 'rust' ? word : word + onigurumaLatin1Words
    this.assertionEscapes = assertionEscapesOf(this.outerWord)
    this.pattern = pattern
    this.dialect = dialect
  }

  translate(): string {
    const source = this.alternatives()
    if (this.at < this.pattern.length) throw this.unsupported('an unmatched )')
    return source
  }

  private unsupported(what: string): FormatError {
    return new FormatError(
      `the regular expression ${this.pattern} uses ${what} at position ${this.at}, which is not supported`,
      'tokenizer.json',
    )
  }

  private peek(text: string): boolean {
    return this.pattern.startsWith(text, this.at)
  }

  private take(text: string): boolean {
    if (!this.peek(text)) return false
    this.at += text.length
    return true
  }

  /** Everything up to the closing parenthesis or the end. An inline flag holds until there. */
  private alternatives(): string {
    const { ignoreCase } = this
    let source = ''
    while (this.at < this.pattern.length && !this.peek(')')) source += this.take('|') ? '|' : this.term()
    this.ignoreCase = ignoreCase
    return source
  }

  private term(): string {
    const atom = this.atom()
    if (atom === '') return ''
    let source = atom
    for (;;) {
      const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})/.exec(this.pattern.slice(this.at))?.[0]
      if (!quantifier) return source
      this.at += quantifier.length
      const repeat = quantifier.startsWith('{,') ? `{0${quantifier.slice(1)}` : quantifier
      if (this.take('?')) source = `(?:${source})${repeat}?`
      else if (this.isPossessive(quantifier)) source = this.atomic(`(?:${source})${repeat}`)
      else source = source === atom && isSimple(atom) ? atom + repeat : `(?:${source})${repeat}`
    }
  }

  /** In Oniguruma `{1,3}+` is a repetition of a repetition. */
  private isPossessive(quantifier: string): boolean {
    if (quantifier.startsWith('{') && this.dialect === 'oniguruma') return false
    return this.take('+')
  }

  /** A lookahead does not backtrack into its group, so capturing in one and matching the capture is atomic. */
  private atomic(source: string): string {
    const name = `atomic${this.atomicGroups++}`
    return `(?:(?=(?<${name}>${source}))\\k<${name}>)`
  }

  private atom(): string {
    if (this.peek('(')) return this.group()
    if (this.peek('[')) return this.bracket()
    if (this.take('.')) return '[^\\n]'
    if (this.take('^')) return this.dialect === 'rust' ? '(?<![^])' : '(?<![^\\n])'
    if (this.take('$')) return this.dialect === 'rust' ? '(?![^])' : '(?![^\\n])'
    if (this.take('\\')) return this.escape()
    return this.literal(this.character())
  }

  private character(): string {
    const character = String.fromCodePoint(this.pattern.codePointAt(this.at)!)
    this.at += character.length
    return character
  }

  private literal(character: string): string {
    const variants = this.ignoreCase ? caseVariants(character) : [character]
    return variants.length === 1 ? quote(character) : `[${variants.map(quote).join('')}]`
  }

  private group(): string {
    this.at++
    const opening = /^\?(?:[:=!>]|<[=!]|P?<\w+>|#)/.exec(this.pattern.slice(this.at))?.[0]
    if (opening === undefined) return this.peek('?') ? this.flagGroup() : this.closeGroup('(?:')
    this.at += opening.length
    if (opening === '?#') {
      while (this.at < this.pattern.length && !this.peek(')')) this.at++
      this.at++
      return ''
    }
    if (opening === '?>') return this.atomic(this.closeGroup('(?:'))
    return this.closeGroup(opening.endsWith('>') ? '(?:' : `(${opening}`)
  }

  /** `(?i:…)`, `(?-i:…)` and `(?i)`, which holds to the end of the group it is in. */
  private flagGroup(): string {
    const flags = /^\?(-?i)([:)])/.exec(this.pattern.slice(this.at))
    if (!flags) throw this.unsupported(`the group (${this.pattern.slice(this.at, this.at + 4)}`)
    this.at += flags[0].length
    const before = this.ignoreCase
    this.ignoreCase = flags[1] === 'i'
    if (flags[2] === ')') return ''
    const source = this.closeGroup('(?:')
    this.ignoreCase = before
    return source
  }

  private closeGroup(opening: string): string {
    const source = `${opening}${this.alternatives()})`
    if (!this.take(')')) throw this.unsupported('a group without end')
    return source
  }

  private escape(): string {
    const next = this.pattern[this.at] ?? ''
    const assertion = this.assertionEscapes.get(next)
    if (assertion !== undefined) {
      this.at++
      return assertion
    }
    if (this.take('w')) return `[${this.outerWord}]`
    if (this.take('W')) return `[^${this.outerWord}]`
    return this.setEscape() ?? this.literal(this.characterEscape())
  }

  /** An escape after the backslash that means a set; undefined if it means one character. */
  private setEscape(): string | undefined {
    const rest = this.pattern.slice(this.at)
    const set = this.setEscapes.get(rest[0] ?? '')
    if (set !== undefined) {
      this.at++
      return set
    }
    const property = /^[pP](?:\{([^}]+)\}|([A-Z]))/.exec(rest)
    if (!property) return undefined
    const found = propertySet(property[1] ?? property[2]!, rest[0] === 'P')
    if (found === undefined) throw this.unsupported(`the property ${property[0]}`)
    this.at += property[0].length
    return found
  }

  private characterEscape(): string {
    const rest = this.pattern.slice(this.at)
    const hex = /^(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4}))/.exec(rest)
    if (hex) {
      const codePoint = parseInt(hex[1] ?? hex[2] ?? hex[3] ?? hex[4]!, 16)
      if (codePoint > 0x10ffff) throw this.unsupported('a character beyond U+10FFFF')
      this.at += hex[0].length
      return String.fromCodePoint(codePoint)
    }
    const named = characterEscapes.get(rest[0] ?? '')
    if (named === undefined && /^(?:[A-Za-z0-9]|$)/.test(rest)) throw this.unsupported(`the escape \\${rest[0] ?? ''}`)
    const character = this.character()
    return named ?? character
  }

  /** A class in brackets, with nested classes, POSIX classes and intersections. */
  private bracket(): string {
    this.at++
    const isNegated = this.take('^')
    const operands = ['']
    let isFirst = true
    while (isFirst || !this.peek(']')) {
      if (this.at >= this.pattern.length) throw this.unsupported('a class without end')
      if (this.take('&&')) operands.push('')
      else operands[operands.length - 1] += this.bracketItem()
      isFirst = false
    }
    this.at++
    const content = operands.length === 1 ? operands[0]! : operands.map(operand => `[${operand}]`).join('&&')
    return `[${isNegated ? '^' : ''}${content}]`
  }

  private bracketItem(): string {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.pattern.slice(this.at))
    if (posix) {
      const set = namedSets.get(posix[2]!)
      if (!set) throw this.unsupported(`the class ${posix[0]}`)
      this.at += posix[0].length
      return `[${posix[1]}${set}]`
    }
    if (this.peek('[')) return this.bracket()
    if (this.peek('\\')) {
      this.at++
      const set = this.setEscape()
      if (set !== undefined) return set
      return this.range(this.pattern[this.at] === 'b' ? this.backspace() : this.characterEscape())
    }
    return this.range(this.character())
  }

  private backspace(): string {
    this.at++
    return '\b'
  }

  private range(from: string): string {
    const isRange = this.peek('-') && !this.peek('-]') && !this.peek('-\\p') && !this.peek('-[')
    if (!isRange) return (this.ignoreCase ? caseVariants(from) : [from]).map(quote).join('')
    this.at++
    const to = this.take('\\') ? this.characterEscape() : this.character()
    const range = `${quote(from)}-${quote(to)}`
    if (!this.ignoreCase) return range
    if (from === 'a' && to === 'z') return `${range}A-Z\\u017f\\u212a`
    if (from === 'A' && to === 'Z') return `${range}a-z\\u017f\\u212a`
    if (from >= '0' && to <= '9') return range
    throw this.unsupported(`the range ${from}-${to} where case is ignored`)
  }
}

/** Whether a quantifier can follow without a group around the atom. */
function isSimple(atom: string): boolean {
  return /^(?:\[[^\]]*\]|\\[pP]\{[^}]*\}|\w|\\u\{[0-9a-f]+\})$/.test(atom)
}

/** A character that stands for itself inside and outside of brackets. */
function quote(character: string): string {
  return /^[A-Za-z0-9]$/.test(character) ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`
}
