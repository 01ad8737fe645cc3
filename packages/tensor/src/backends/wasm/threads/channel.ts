import { readRun, type Run, wordsPerRun, writeRun } from './run.ts'

/**
 * Words that the main thread shares with one other, which hears no events while it works or sleeps: how often it was
 * signalled, how many messages were sent to it, how many runs were queued for it, and the last of these with their places among
 * all that were submitted.
 */
export type Channel = Int32Array

export const [SIGNALS, MESSAGES, QUEUED] = [0, 16, 32] as const
const firstRun = 48

/** Runs that can wait at a time. */
export const queueLength = 256

const wordsPerPlace = 1 + wordsPerRun

export const createChannel = (): Channel =>
  new Int32Array(new SharedArrayBuffer(4 * (firstRun + queueLength * wordsPerPlace)))

/** Makes the thread look what there is for it. */
export function signal(channel: Channel): void {
  Atomics.add(channel, SIGNALS, 1)
  Atomics.notify(channel, SIGNALS)
}

/** Says that a message was sent. */
export function countMessage(channel: Channel): void {
  Atomics.add(channel, MESSAGES, 1)
  signal(channel)
}

export function enqueue(channel: Channel, number: number, run: Run): void {
  const count = Atomics.load(channel, QUEUED)
  channel[placeOf(count)] = number
  writeRun(channel, placeOf(count) + 1, run)
  Atomics.store(channel, QUEUED, count + 1)
  signal(channel)
}

/** What was queued after so many others. */
export const queuedRun = (channel: Channel, before: number): { readonly number: number; readonly run: Run } => ({
  number: channel[placeOf(before)]!,
  run: readRun(channel, placeOf(before) + 1),
})

const placeOf = (before: number): number => firstRun + (before % queueLength) * wordsPerPlace
