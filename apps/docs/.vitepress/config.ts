import { existsSync, readFileSync } from 'node:fs'
import { katex } from '@mdit/plugin-katex'
import { type DefaultTheme, defineConfig } from 'vitepress'

const packages = ['tensor', 'autograd', 'nn', 'transformer', 'tokenizer', 'blas']

/** Written by TypeDoc with the pages in `api/`, before each build. */
const apiFile = new URL('../api/typedoc-sidebar.json', import.meta.url)
const api = existsSync(apiFile) ? (JSON.parse(readFileSync(apiFile, 'utf8')) as DefaultTheme.SidebarItem[]) : []

export default defineConfig({
  title: 'WIDS',
  description: 'Build, train, inspect and run transformers in TypeScript',
  srcExclude: ['README.md'],
  // `never`: the plugin's types are those of another markdown-it version.
  markdown: { config: md => katex(md as never) },
  themeConfig: {
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Packages', link: '/packages/tensor' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: {
      '/api/': [{ text: 'API', link: '/api/', items: api }],
      '/': [
        {
          text: 'Guide',
          items: [
            { text: 'Quick start', link: '/quick-start' },
            { text: 'Training', link: '/training' },
            { text: 'Files and checkpoints', link: '/files' },
            { text: 'The command line', link: '/cli' },
          ],
        },
        {
          text: 'From the notes to the Transformer',
          items: [
            { text: 'Feed-forward networks', link: '/notes/feed-forward' },
            { text: 'Back propagation', link: '/notes/backpropagation' },
            { text: 'Attention', link: '/notes/attention' },
            { text: 'The Transformer', link: '/notes/transformer' },
          ],
        },
        { text: 'Packages', items: packages.map(name => ({ text: `@wids/${name}`, link: `/packages/${name}` })) },
      ],
    },
    search: { provider: 'local' },
  },
  vite: {
    worker: { format: 'es' },
    build: { target: 'es2022' },
    // SharedArrayBuffer, so threads, needs a cross-origin isolated page.
    server: {
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
  },
})
