import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = dirname(fileURLToPath(import.meta.url))
const root = resolve(docs, '../..')

export interface Snippet {
  /** The page, relative to the repository's root. */
  readonly page: string
  /** The line of its first line of code. */
  readonly line: number
  readonly code: string
}

/** The ```ts blocks of one Markdown page. */
export function snippetsOf(file: string): Snippet[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```ts\b.*\n([\s\S]*?)^```/gm)].map(match => ({
    page: relative(root, file),
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1] ?? '',
  }))
}

/** Every page whose code must run: the site's, and the READMEs of the repository and of its packages and apps. */
export function pages(): string[] {
  const site = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter(
    name => !/node_modules|^api\b/.test(name),
  ) // `api/` is generated
  const parents = ['packages', 'apps'].flatMap(parent =>
    readdirSync(join(root, parent)).map(name => join(root, parent, name)),
  )
  const readmes = [root, ...parents.filter(folder => folder !== docs)].flatMap(folder =>
    readdirSync(folder)
      .filter(name => name === 'README.md')
      .map(name => join(folder, name)),
  )
  return [...site.filter(name => name.endsWith('.md')).map(name => join(docs, name)), ...readmes].sort()
}

/** Writes each snippet as a module of its own, where `@wids/*` resolves; `tsc` checks them and a test runs them. */
export function writeSnippets(): { name: string; file: string }[] {
  const folder = join(docs, '.snippets')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  return pages()
    .flatMap(snippetsOf)
    .map(({ page, line, code }) => {
      const file = join(folder, `${page.replaceAll('/', '.')}.${line}.ts`)
      writeFileSync(file, code)
      return { name: `${page}:${line}`, file }
    })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeSnippets()
