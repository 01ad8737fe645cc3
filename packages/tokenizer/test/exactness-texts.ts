import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mobyDick, packageFolder, speechFolder } from '../bench/corpora.ts'

const pools = [
  'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJ', '0123456789', '     \t\n\r', '\'".,;:!?-_/\\()[]{}<>|@#$%^&*+=~`',
  '\'s\'t\'re\'ve\'m\'ll\'d\'S\'LL', 'éèüñçßøåÆŒſK', 'αβγδΣςΩ', 'абвгдЖЗ', '中文字符日本語', 'ひらがなカタカナー', '한국어',
  '😀👍🏽👩‍👩‍👧🇩🇪', '\u0301\u0308\u0327\u20dd', '\u00a0\u2003\u2028\u2029\u200b\u200d\u180e', 'ءابתשहिन्दीไทย', '①②½Ⅷ٣४',
  'ﬁﬀ™℃ǅ', '\0\u0001\u007f\u009f', '𝒜𝓫𝟘𠀀', '\udc00a\ud83d \udfff',
].map(pool => Array.from(pool)) // prettier-ignore

/** Strings of mixed scripts, combining marks, lone surrogates and runs. */
export function fuzzedTexts(count: number, seed = 2026): string[] {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: count }, () => {
    const length = random(6) === 0 ? random(200) : random(30)
    let pool = pools[random(pools.length)]!
    let text = ''
    while (text.length < length) {
      if (random(3) === 0) pool = pools[random(pools.length)]!
      const character = pool[random(pool.length)]!
      text += random(25) === 0 ? character.repeat(random(12)) : character
    }
    return text
  })
}

const contexts = ['a%b', '%', '  %  x', 'A%1%%b', "'%s x%\n%"]

/** Every code point that is assigned to a character, in contexts where patterns and normalizers treat it differently. */
export function everyCharacter(): string[] {
  const texts: string[] = []
  for (let codePoint = 0; codePoint < 0x110000; codePoint++) {
    const character = String.fromCodePoint(codePoint)
    if (!/\p{Cn}|\p{Cs}|\p{Co}/u.test(character))
      texts.push(contexts.map(template => template.replaceAll('%', character)).join('|'))
  }
  return texts
}

/** `everyCharacter`, 16 a text. */
export function unicodeTable(): string[] {
  const texts = everyCharacter()
  return Array.from({ length: Math.ceil(texts.length / 16) }, (_, i) => texts.slice(i * 16, i * 16 + 16).join('\n'))
}

const parts = (text: string): string[] => text.match(/[^]{1,20000}/gu) ?? []

/** The texts of the long tests by name; `seed` is that of the fuzzed ones. */
export function corpora(seed?: number): { readonly [name: string]: string[] } {
  const folder = (path: string, pattern: RegExp) =>
    readdirSync(path)
      .filter(name => pattern.test(name))
      .map(name => readFileSync(join(path, name), 'utf8'))
  return {
    'Moby Dick': parts(mobyDick()),
    'State of the Union': folder(speechFolder, /\.txt$/),
    TypeScript: folder(join(packageFolder('typescript'), 'lib'), /^(lib\..*\.d|typescript)\.(ts|js)$/).flatMap(parts),
    'Unicode table': unicodeTable(),
    fuzzed: fuzzedTexts(100_000, seed),
    runs: runs(),
  }
}

export function runs(): string[] {
  return ['a', ' ', '_', '😀', '中', '\n', '.', '0'].flatMap(unit =>
    [1, 10, 100, 1000].flatMap(count => [unit.repeat(count), `${unit.repeat(count)}x`]),
  )
}
