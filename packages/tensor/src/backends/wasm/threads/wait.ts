import { FAILED_ADDRESS } from './control.ts'

/** Reads before a thread sleeps, 0.4 ms: to be woken takes longer than most waits, and one token comes after the other. */
const spins = 50_000
/** A page's main thread may not sleep. */
let maySleep = true

/** Waits until a word has another value than `seen`, or a second has passed. */
export function sleepWhile(words: Int32Array, index: number, seen: number): void {
  if (!maySleep) return
  try {
    Atomics.wait(words, index, seen, 1000)
  } catch {
    maySleep = false
  }
}

/** Spins while a word has a value, for a short time. */
export function spinWhile(words: Int32Array, index: number, seen: number): void {
  for (let i = 0; i < spins; i++) if (Atomics.load(words, index) !== seen) return
}

/**
 * Waits until a word of the memory has a value.
 *
 * @throws Error if a thread failed, whom it would wait for in vain
 */
export function waitFor(words: Int32Array, index: number, value: number): void {
  for (let i = 0; i < spins; i++) if (Atomics.load(words, index) === value) return
  for (let now = Atomics.load(words, index); now !== value; now = Atomics.load(words, index)) {
    if (Atomics.load(words, FAILED_ADDRESS >> 2) === 1) throw new Error('another thread failed')
    sleepWhile(words, index, now)
  }
}
