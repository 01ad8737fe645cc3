import type { KernelFunction } from '../emit/module.ts'
import type { Run } from './run.ts'
import { waitFor } from './wait.ts'

/**
 * A launch runs one kernel on several sets of arguments, which lie one after another. In words: the byte offset of the
 * first, the bytes of each, how many there are, the units of each, the launch's mode, and, where it is the first of a
 * group, the units of all launches of its group.
 */
export const wordsPerLaunch = 6
const [argumentsWord, bytesWord, setsWord, unitsWord, modeWord, groupWord] = [0, 1, 2, 3, 4, 5]

/** A launch begins a group, which waits for the one before; all threads do parts of it; whoever comes first does it. */
export const [beginsGroup, isSplit, isClaimed] = [1, 2, 4]

/** A program as threads run it. */
export interface Steps {
  readonly launches: Int32Array
  /** Of each launch. */
  readonly kernels: readonly KernelFunction[]
}

/** Counters for each launch and thread: how many pieces of its share have been taken; and units done, of each launch's group. */
export const countersOf = ({ kernels }: Pick<Steps, 'kernels'>, threads: number): number =>
  kernels.length * (threads + 1)

/** Every launch whole, in order. */
export function runAlone({ launches, kernels }: Steps, { args, scratch, scratchBytes }: Run, words: Int32Array): void {
  for (let launch = 0; launch < kernels.length; launch++) {
    if (scratchBytes > 0) words[scratch >>> 2] = 0
    const all = launches[launch * wordsPerLaunch + setsWord]! * launches[launch * wordsPerLaunch + unitsWord]!
    runUnits(kernels[launch]!, launches, launch, args, scratch, 0, all)
  }
}

/** Units [from, to) of a launch, counted through its sets of arguments. */
function runUnits(
  kernel: KernelFunction,
  launches: Int32Array,
  launch: number,
  args: number,
  scratch: number,
  from: number,
  to: number,
): void {
  const at = launch * wordsPerLaunch
  const units = launches[at + unitsWord]!
  for (let begin = from; begin < to;) {
    const set = Math.floor(begin / units)
    const end = Math.min(to, (set + 1) * units)
    const place = args + launches[at + argumentsWord]! + set * launches[at + bytesWord]!
    kernel(place, begin - set * units, end - set * units, scratch)
    begin = end
  }
}

/**
 * What one of a run's threads does: groups of launches in order. A group has ended when all its units are done, no
 * matter by whom, so that a thread may come late, or not at all.
 */
export function takePart(steps: Steps, run: Run, thread: number, words: Int32Array): void {
  if (run.threads === 1) return runAlone(steps, run, words)
  const { launches, kernels } = steps
  const done = (run.counters >>> 2) + run.threads * kernels.length
  for (let launch = 0; launch < kernels.length;) {
    const first = launch++
    while (launch < kernels.length && (launches[launch * wordsPerLaunch + modeWord]! & beginsGroup) === 0) launch++
    const units = launches[first * wordsPerLaunch + groupWord]!
    if (Atomics.load(words, done + first) === units) continue
    const ran = runGroup(steps, run, thread, words, first, launch)
    if (ran > 0 && Atomics.add(words, done + first, ran) + ran === units) Atomics.notify(words, done + first)
    else waitFor(words, done + first, units)
  }
}

/** Runs what others leave of a group's launches; gives the number of units. One that is not shared belongs to whoever comes first. */
function runGroup(steps: Steps, run: Run, thread: number, words: Int32Array, first: number, end: number): number {
  const { launches } = steps
  const isShared = (launches[first * wordsPerLaunch + modeWord]! & (isSplit | isClaimed)) !== 0
  if (!isShared && Atomics.add(words, (run.counters >>> 2) + first, 1) !== 0) return 0
  let ran = 0
  for (let launch = first; launch < end; launch++) ran += runLaunch(steps, run, thread, words, launch)
  return ran
}

/** Pieces in which a thread takes its share of a launch, so that others can take what is left of it. */
const pieces = 8

/**
 * One launch. A small one beside others is done by whoever comes first. A split one gives each thread an equal share of
 * the units, in order, as neighbours share panels and caches. Who is done helps the others: the next piece of a share
 * belongs to whoever raises its counter first.
 */
function runLaunch({ launches, kernels }: Steps, run: Run, thread: number, words: Int32Array, launch: number): number {
  const { scratchBytes, threads } = run
  const at = launch * wordsPerLaunch
  const units = launches[at + setsWord]! * launches[at + unitsWord]!
  const mode = launches[at + modeWord]!
  const kernel = kernels[launch]!
  const scratch = run.scratch + thread * scratchBytes
  const counter = (run.counters >>> 2) + launch
  if (scratchBytes > 0) words[scratch >>> 2] = 0
  if ((mode & isSplit) === 0) {
    if ((mode & isClaimed) !== 0 && Atomics.add(words, counter, 1) !== 0) return 0
    runUnits(kernel, launches, launch, run.args, scratch, 0, units)
    return units
  }
  let ran = 0
  for (let turn = 0; turn < threads; turn++) {
    const owner = (thread + turn) % threads
    const end = Math.floor((units * (owner + 1)) / threads)
    const begin = Math.floor((units * owner) / threads)
    const piece = Math.ceil((end - begin) / pieces)
    let from = begin
    while ((from = begin + Atomics.add(words, counter + owner * kernels.length, 1) * piece) < end) {
      const to = Math.min(from + piece, end)
      runUnits(kernel, launches, launch, run.args, scratch, from, to)
      ran += to - from
    }
  }
  return ran
}
