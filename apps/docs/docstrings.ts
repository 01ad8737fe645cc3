import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const docs = dirname(fileURLToPath(import.meta.url))
const root = resolve(docs, '../..')

/** What a package exports, by name; an example may use it without an import. */
export type Exports = Readonly<Record<string, object>>

interface Example {
  /** File and line. */
  readonly name: string
  readonly code: string
}

/** A docstring with an example, and the name of what is exported below it. */
const pattern =
  /\/\*\*(?:(?!\*\/)[^])*@example\n((?:(?!\*\/)[^])*)\*\/\nexport (?:async |abstract )?(?:function\*?|const|class) (\w+)/g

/** The `@example` of each value that a package exports. */
function examplesOf(packageName: string, exported: object): Example[] {
  return globSync(`packages/${packageName}/src/**/*.ts`, { cwd: root }).flatMap(path => {
    const text = readFileSync(join(root, path), 'utf8')
    const docstrings = text.matchAll(pattern)
    return [...docstrings].flatMap(({ index, 1: example = '', 2: declared = '' }) => {
      const code = example.replaceAll(/^ *\* ?/gm, '').trim()
      const line = text.slice(0, index).split('\n').length
      return declared in exported ? [{ name: `${relative(root, join(root, path))}:${line}`, code }] : []
    })
  })
}

/** Imports of the names that are used; where two packages have one, that of the first. */
function importsOf(code: string, packages: readonly (readonly [name: string, exported: object])[]): string {
  const seen = new Set<string>()
  const lines = packages.map(([name, exported]) => {
    const used = Object.keys(exported).filter(key => !seen.has(key) && new RegExp(`\\b${key}\\b`).test(code))
    const wanted = used.filter(key => !new RegExp(`\\b(const|let|class|function) ${key}\\b`).test(code))
    for (const key of wanted) seen.add(key)
    return wanted.length === 0 ? '' : `import { ${wanted.join(', ')} } from '@wids/${name}'\n`
  })
  return lines.join('')
}

/** Writes each example as a module of its own. */
export function writeExamples(exports: Exports): { name: string; file: string }[] {
  const folder = join(docs, '.examples')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  return Object.entries(exports).flatMap(([packageName, exported]) => {
    const others = Object.entries(exports).filter(([name]) => name !== packageName)
    return examplesOf(packageName, exported).map(({ name, code }) => {
      const file = join(folder, `${name.replaceAll('/', '.')}.ts`)
      writeFileSync(file, `${importsOf(code, [[packageName, exported], ...others])}${code}\nexport {}\n`)
      return { name, file }
    })
  })
}
