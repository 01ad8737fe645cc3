import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let folder: string | undefined

/** Writes a file for the libraries' processes; it goes when this one ends. Gives its path. */
export function storeFile(name: string, content: Uint8Array | string): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'wids-bench-'))
    process.on('exit', removeFiles)
  }
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

/** Removes all files that were written. */
export function removeFiles(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  folder = undefined
}
