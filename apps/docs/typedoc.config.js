/** @type {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>} */
export default {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', './apiPages.ts'],
  entryPoints: [
    'autograd/src/index.ts',
    'blas/src/index.ts',
    'nn/src/index.ts',
    'nn/src/node/index.ts',
    'tensor/src/index.ts',
    'tensor/src/graph/index.ts',
    'tokenizer/src/chat.ts',
    'tokenizer/src/index.ts',
    'transformer/src/index.ts',
  ].map(file => `../../packages/${file}`),
  name: 'API',
  out: 'api',
  readme: 'none',
  router: 'structure-dir',
  disableSources: true,
  excludePrivate: true,
  excludeProtected: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  packagesRequiringDocumentation: ['autograd', 'blas', 'nn', 'tensor', 'tokenizer', 'transformer'].map(
    name => `@wids/${name}`,
  ),
  requiredToBeDocumented: ['Class', 'Interface', 'TypeAlias', 'Variable', 'Function', 'Method', 'Accessor'],
  // An export without a docstring, or one that documents what is not there, fails the build.
  validation: { notDocumented: true, notExported: false, invalidLink: true },
  treatWarningsAsErrors: false,
  skipErrorChecking: true, // `tsc` does it
}
