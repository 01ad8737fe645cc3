import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../packages/', import.meta.url)
const packages = readdirSync(folder)
  .map(name => ({ name, manifest: JSON.parse(readFileSync(new URL(`${name}/package.json`, folder), 'utf8')) }))
  .filter(({ manifest }) => manifest.private !== true)

/** @type {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>} */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', './apiPages.ts'],
  entryPoints: packages.flatMap(({ name, manifest }) =>
    Object.values(manifest.exports).flatMap(({ '@wids/source': file }) =>
      // What a worker runs exports nothing.
      file === undefined || file.endsWith('worker.ts') ? [] : [`../../packages/${name}/${file}`],
    ),
  ),
  tsconfig: 'tsconfig.api.json',
  name: 'API',
  out: 'api',
  readme: 'none',
  router: 'structure-dir',
  disableSources: true,
  excludePrivate: true,
  excludeProtected: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  packagesRequiringDocumentation: packages.map(({ manifest }) => manifest.name),
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable', 'Function', 'Method', 'Accessor'],
  // An export without a docstring, or one that documents what is not there, fails the build.
  validation: { notDocumented: true, notExported: false, invalidLink: true },
  treatWarningsAsErrors: true,
  skipErrorChecking: true, // `tsc` does it
}
