// Packs every published package, installs each with what it depends on (and what its README's examples name) into an
// empty project, imports it and runs those examples there on the system's Node. Also starts the installed `wids`.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { transformSync } from 'esbuild'
import { snippetsOf } from '../apps/docs/snippets.ts'

interface Manifest {
  name: string
  private?: boolean
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  /** What parts of it need that a user installs beside it. */
  peerDependencies?: Record<string, string>
}

const root = resolve(import.meta.dirname, '..')
const node = process.env['SYSTEM_NODE'] ?? process.execPath
const scratch = mkdtempSync(join(tmpdir(), 'wids-install-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))

const sh = (cwd: string, command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

const published = new Map(
  ['packages', 'apps']
    .flatMap(parent => readdirSync(join(root, parent)).map(name => join(root, parent, name)))
    .map(folder => ({ folder, ...(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest) }))
    .filter(({ private: hidden }) => !hidden)
    .map(each => [each.name, { ...each, tarball: pack(each.folder) }]),
)

function pack(folder: string): string {
  const { filename } = JSON.parse(sh(folder, 'pnpm', 'pack', '--json', '--pack-destination', scratch)) as {
    filename: string
  }
  return resolve(scratch, filename)
}

/** A package and everything of ours below it. */
function closure(name: string): string[] {
  const { dependencies, peerDependencies } = published.get(name) ?? {}
  const below = Object.keys({ ...dependencies, ...peerDependencies }).filter(dependency => published.has(dependency))
  return [...new Set([name, ...below.flatMap(closure)])]
}

/** Installs one package in an empty project and uses it; says what was seen. */
function tryOut({ name, folder, bin }: Manifest & { folder: string }): string {
  const project = join(scratch, 'projects', name)
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  const snippets = snippetsOf(join(folder, 'README.md'))
  const named = snippets.flatMap(({ code }) =>
    [...code.matchAll(/from '(@wids\/[a-z]+)/g)].map(match => match[1] ?? name),
  )
  const wanted = new Set([name, ...named].flatMap(closure))
  const tarballs = [...wanted].map(each => published.get(each)?.tarball ?? '')
  const peers = Object.entries(published.get(name)?.peerDependencies ?? {})
    .filter(([peer]) => !published.has(peer))
    .map(([peer, range]) => `${peer}@${range}`)
  sh(project, 'npm', 'install', '--no-audit', '--no-fund', '--silent', ...tarballs, ...peers)

  if (bin) {
    for (const file of Object.values(bin)) sh(project, node, join('node_modules', name, file), '--help')
    return '--help works'
  }
  const names = sh(project, node, '-e', `import('${name}').then(all => console.log(Object.keys(all).length))`).trim()
  snippets.forEach(({ code }, i) => {
    writeFileSync(join(project, `${i}.js`), transformSync(code, { loader: 'ts', format: 'esm' }).code)
    sh(project, node, `${i}.js`)
  })
  return `exports ${names} names, ${snippets.length} README examples run`
}

console.log(`on Node ${sh(root, node, '--version').trim()}`)
for (const each of published.values())
  try {
    console.log(`ok ${each.name}: ${tryOut(each)}`)
  } catch (error) {
    console.log(`FAILED ${each.name}: ${String(error)}`)
    process.exitCode = 1
  }
