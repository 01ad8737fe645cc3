import { barrierModule } from './barrier.ts'
import { COMPLETED_ADDRESS } from './control.ts'
import type { Command } from './messages.ts'
import { spawn, type Thread } from './spawn.ts'

/** Worker threads that run programs on one shared memory, one program after the other. */
export interface Pool {
  /** How many of `count` threads have started; asks for the others. */
  ready(count: number): number
  /** Tells every thread, also those that start later. */
  announce(command: Exclude<Command, { type: 'run' | 'start' }>): void
  /** Starts a program after those before it. */
  submit(command: Extract<Command, { type: 'run' }>): void
  /** Programs submitted and programs ended, by number. */
  submitted(): number
  completed(): number
  /** Resolves when the programs submitted so far have ended. */
  idle(): Promise<void>
  /** Blocks until a program has ended, where the engine lets this thread block. */
  block(until: number): void
}

export function createPool(memory: WebAssembly.Memory): Pool {
  const words = new Int32Array(memory.buffer)
  const threads: Thread[] = []
  const said: Command[] = []
  const waiting: { readonly until: number; readonly resolve: () => void }[] = []
  let ready = 0
  let submitted = 0
  let broken = false
  const barrier = barrierModule()

  const completed = (): number => Atomics.load(words, COMPLETED_ADDRESS >> 2)
  const keepAlive = (alive: boolean): void => threads[0]?.keepAlive(alive)
  const heard = (): void => {
    while (waiting.length > 0 && waiting[0]!.until <= completed()) waiting.shift()!.resolve()
    if (completed() === submitted) keepAlive(false)
  }
  const start = (): void => {
    const thread = spawn(
      reply => (reply === 'ready' ? void ready++ : heard()),
      error => {
        if (!broken)
          console.warn(
            `wids: threads could not be started, so one thread computes everything (${error instanceof Error ? error.message : 'see the error above'})`,
          )
        broken = true
      },
    )
    thread.tell({ type: 'start', memory, barrier, thread: threads.length })
    for (const command of said) thread.tell(command)
    threads.push(thread)
  }
  return {
    ready: count => {
      while (!broken && threads.length < count) start()
      return broken ? 0 : Math.min(ready, count)
    },
    announce: command => {
      said.push(command)
      for (const thread of threads) thread.tell(command)
    },
    submit: command => {
      submitted++
      keepAlive(true)
      for (const thread of threads.slice(0, command.threads)) thread.tell(command)
    },
    submitted: () => submitted,
    completed,
    idle: () =>
      completed() >= submitted
        ? Promise.resolve()
        : new Promise(resolve => waiting.push({ until: submitted, resolve })),
    block: until => {
      for (let now = completed(); now < until; now = completed()) {
        try {
          Atomics.wait(words, COMPLETED_ADDRESS >> 2, now, 1000)
        } catch {
          return // A browser's page may not block.
        }
      }
    },
  }
}
