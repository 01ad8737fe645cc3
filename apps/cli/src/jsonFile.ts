import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { Failure } from './failure.ts'

/** Writes JSON; whatever interrupts it leaves an older file as it was. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    await writeFile(unfinished, `${JSON.stringify(value, undefined, 2)}\n`)
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error instanceof Error ? Object.assign(error, { path: file }) : error
  }
}

/** What a JSON file holds. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(`${file} is not JSON; it was damaged or is another file`)
  }
}
