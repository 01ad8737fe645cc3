import { DeviceError } from '../../../errors.ts'
import { type Channel, countMessage, createChannel, enqueue, queueLength, signal } from './channel.ts'
import {
  COMPLETED_ADDRESS,
  FAILED_ADDRESS,
  HELPERS_ADDRESS,
  LED_ADDRESS,
  LED_RUN_ADDRESS,
  readyAddress,
} from './control.ts'
import type { Command } from './messages.ts'
import { type Run, writeRun } from './run.ts'
import { spawn, type Thread } from './spawn.ts'
import { type Steps, takePart } from './takePart.ts'
import { sleepWhile, waitFor } from './wait.ts'

/** Worker threads that run programs on one shared memory, one program after the other. */
export interface Pool {
  /** How many of `count` threads have started; asks for the others. */
  ready(count: number): number
  /** Tells every thread, also those that start later. */
  announce(command: Exclude<Command, { type: 'start' }>): void
  /** Starts a program after those before it; waits first where too many wait already. */
  submit(run: Run): void
  /** Runs a program on the calling thread and, as far as they come in time, `threads` − 1 others. None may have been submitted that has not ended. */
  lead(run: Run, steps: Steps, words: Int32Array): void
  /** Programs submitted and programs ended, by number. */
  submitted(): number
  completed(): number
  /** Resolves when the programs submitted so far have ended; rejects if a thread failed. */
  idle(): Promise<void>
  /** Blocks until a program has ended, or throws if a thread has failed; spins where the engine does not let this thread sleep, as on a page. */
  block(until: number): void
}

export function createPool(memory: WebAssembly.Memory): Pool {
  const words = new Int32Array(memory.buffer)
  const threads: (Thread & { readonly channel: Channel })[] = []
  Atomics.store(words, HELPERS_ADDRESS >> 2, closed)
  const said: Command[] = []
  const waiting: { readonly until: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    []
  let submitted = 0
  let broken: DeviceError | undefined

  const completed = (): number => Atomics.load(words, COMPLETED_ADDRESS >> 2)
  const keepAlive = (alive: boolean): void => threads[0]?.keepAlive(alive)
  const heard = (): void => {
    while (waiting.length > 0 && waiting[0]!.until <= completed()) waiting.shift()!.resolve()
    if (completed() === submitted) keepAlive(false)
  }
  const start = (): void => {
    const thread = spawn(heard, error => {
      const reason = error instanceof Error ? error.message : 'see the error above'
      if (broken === undefined && submitted === 0)
        console.warn(`wids: threads could not be started, so one thread computes everything (${reason})`)
      broken ??= failure(reason)
      for (const { reject } of waiting.splice(0)) reject(broken)
    })
    const channel = createChannel()
    const tell = (command: Command): void => {
      thread.tell(command)
      countMessage(channel)
    }
    tell({ type: 'start', memory, channel, thread: threads.length })
    for (const command of said) tell(command)
    threads.push({ ...thread, tell, channel })
  }
  const block = (until: number): void => {
    for (let now = completed(); now < until; now = completed()) {
      if (Atomics.load(words, FAILED_ADDRESS >> 2) === 1) throw failure('see the error that follows')
      sleepWhile(words, COMPLETED_ADDRESS >> 2, now)
    }
  }
  return {
    ready: count => {
      while (broken === undefined && threads.length < count) start()
      if (broken !== undefined) return 0
      const waits = threads
        .slice(0, count)
        .findIndex((_, thread) => Atomics.load(words, readyAddress(thread) >> 2) === 0)
      return waits < 0 ? count : waits
    },
    announce: command => {
      if (command.type !== 'forget') said.push(command)
      else {
        const told = said.findIndex(other => other.type === 'program' && other.program === command.program)
        if (told >= 0) said.splice(told, 1)
      }
      for (const thread of threads) thread.tell(command)
    },
    submit: run => {
      block(submitted - queueLength + 1)
      submitted++
      keepAlive(true)
      for (const { channel } of threads.slice(0, run.threads)) enqueue(channel, submitted, run)
    },
    lead: (run, steps, view) => {
      writeRun(words, LED_RUN_ADDRESS >> 2, run)
      Atomics.add(words, LED_ADDRESS >> 2, 1)
      Atomics.store(words, HELPERS_ADDRESS >> 2, 0)
      for (const { channel } of threads.slice(0, run.threads - 1)) signal(channel)
      try {
        takePart(steps, run, 0, view)
        do waitFor(words, HELPERS_ADDRESS >> 2, 0)
        while (Atomics.compareExchange(words, HELPERS_ADDRESS >> 2, 0, closed) !== 0)
      } catch (error) {
        broken ??= failure((error as Error).message)
        throw broken
      }
    },
    submitted: () => submitted,
    completed,
    idle: async () => {
      if (completed() >= submitted) return
      if (broken !== undefined) throw broken
      await new Promise<void>((resolve, reject) => waiting.push({ until: submitted, resolve, reject }))
    },
    block,
  }
}

/** Helpers of a program that no thread may begin to help with. */
const closed = -1

const failure = (reason: string): DeviceError =>
  new DeviceError('realize', `a thread of the wasm device failed, and its programs with it: ${reason}`)
