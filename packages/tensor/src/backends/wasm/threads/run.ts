/** A run of a program on the first `threads` threads, in numbers that fit words. */
export interface Run {
  readonly program: number
  readonly args: number
  /** Address of words that are 0 at first; see `takePart`. */
  readonly counters: number
  /** Each thread has its own `scratchBytes` from here on. */
  readonly scratch: number
  readonly scratchBytes: number
  readonly threads: number
}

export const wordsPerRun = 6

export function writeRun(words: Int32Array, at: number, run: Run): void {
  const { program, args, counters, scratch, scratchBytes, threads } = run
  words.set([program, args, counters, scratch, scratchBytes, threads], at)
}

export function readRun(words: Int32Array, at: number): Run {
  const [program, args, counters, scratch, scratchBytes, threads] = words.subarray(at, at + wordsPerRun)
  return {
    program: program!,
    args: args!,
    counters: counters!,
    scratch: scratch!,
    scratchBytes: scratchBytes!,
    threads: threads!,
  }
}
