import { builtin } from './nodeFiles.ts'

/** A file that only grows. What was written is with the system at once, and survives the end of the process. */
export interface AppendFile {
  /** Its size in bytes. */
  readonly bytes: number
  append(part: Uint8Array | string): void
  close(): void
}

/** Opens a file in Node to write behind its first bytes, whatever else it holds; it and its folder are made if need be. */
export function openToAppend(path: string, keep: number): AppendFile {
  const fs = builtin('node:fs', () => process.getBuiltinModule('node:fs'))
  const paths = builtin('node:path', () => process.getBuiltinModule('node:path'))
  fs.mkdirSync(paths.dirname(path), { recursive: true })
  const handle = fs.openSync(path, 'a')
  let bytes = Math.min(keep, fs.fstatSync(handle).size)
  fs.ftruncateSync(handle, bytes)
  return {
    get bytes() {
      return bytes
    },
    append(part) {
      const data = typeof part === 'string' ? new TextEncoder().encode(part) : part
      for (let at = 0; at < data.length;) at += fs.writeSync(handle, data, at)
      bytes += data.length
    },
    close: () => fs.closeSync(handle),
  }
}
