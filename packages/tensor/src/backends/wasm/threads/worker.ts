/**
 * What a worker does. `worker.generated.ts` holds it and what it imports as one text for pages and programs without
 * configuration, and `@wids/tensor/worker` is it for pages with a strict content security policy.
 */
import type { Blas, Sgemm, SgemmModule } from '../blas.ts'
import type { KernelFunction } from '../emit/module.ts'
import { type Channel, MESSAGES, QUEUED, queuedRun, SIGNALS } from './channel.ts'
import {
  COMPLETED_ADDRESS,
  FAILED_ADDRESS,
  HELPERS_ADDRESS,
  LED_ADDRESS,
  LED_RUN_ADDRESS,
  readyAddress,
} from './control.ts'
import type { Command, Reply } from './messages.ts'
import { readRun } from './run.ts'
import { countersOf, type Steps, takePart } from './takePart.ts'
import { sleepWhile, spinWhile, waitFor } from './wait.ts'

interface Port {
  postMessage(reply: Reply): void
  on?(event: 'message', listener: (command: Command) => void): void
  onmessage?: (event: { data: Command }) => void
}

const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads')
const port = (threads?.parentPort ?? globalThis) as unknown as Port

let memory: WebAssembly.Memory
let words: Int32Array
let channel: Channel
let thread = 0
/** Messages read, runs of the queue ended, and the last program of the main thread that was looked at. */
let [read, taken, led] = [0, 0, 0]
const kernels: KernelFunction[] = []
const programs = new Map<number, Steps>()

/** An instance of a module that imports the memory, and functions only if they are a BLAS's product. */
function instantiate(module: WebAssembly.Module, blas?: Blas): WebAssembly.Exports {
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {}
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module))
    (imports[from] ??= {})[name] = kind === 'function' ? sgemm(blas!) : memory
  return new WebAssembly.Instance(module, imports).exports
}

function sgemm({ module, library }: Blas): Sgemm {
  const load = globalThis.process.getBuiltinModule('node:module').createRequire(module)
  return (load(module) as SgemmModule).sgemmIn(library, memory)
}

/** The next run of the queue, after all that were submitted before it. The last thread that leaves it says so. */
function work(): void {
  const { number, run } = queuedRun(channel, taken++)
  words = new Int32Array(memory.buffer) // it may have grown
  waitFor(words, COMPLETED_ADDRESS >> 2, number - 1)
  const steps = programs.get(run.program)!
  takePart(steps, run, thread, words)
  const left = (run.counters >>> 2) + countersOf(steps, run.threads)
  if (Atomics.add(words, left, 1) < run.threads - 1) return
  Atomics.store(words, COMPLETED_ADDRESS >> 2, number)
  Atomics.notify(words, COMPLETED_ADDRESS >> 2)
  port.postMessage('done')
}

/** Takes part in the program of the main thread, if there is a new one. That cannot end, nor another begin, before its helpers have left. */
function help(): boolean {
  const helpers = HELPERS_ADDRESS >> 2
  if (Atomics.load(words, LED_ADDRESS >> 2) === led) return false
  const others = Atomics.load(words, helpers)
  if (others < 0) return false
  if (Atomics.compareExchange(words, helpers, others, others + 1) !== others) return true
  if (!hasMessage()) {
    led = Atomics.load(words, LED_ADDRESS >> 2)
    words = new Int32Array(memory.buffer)
    const run = readRun(words, LED_RUN_ADDRESS >> 2)
    if (thread + 1 < run.threads) takePart(programs.get(run.program)!, run, thread + 1, words)
  }
  if (Atomics.sub(words, helpers, 1) === 1) Atomics.notify(words, helpers)
  return true
}

const hasMessage = (): boolean => read < Atomics.load(channel, MESSAGES)

/** Works until there is a message, which only the event loop can hear. */
function attend(): void {
  while (true) {
    const seen = Atomics.load(channel, SIGNALS)
    const isQueued = taken < Atomics.load(channel, QUEUED)
    if (hasMessage()) return
    if (isQueued) work()
    else if (!help()) {
      spinWhile(channel, SIGNALS, seen)
      sleepWhile(channel, SIGNALS, seen)
    }
  }
}

function obey(command: Command): void {
  switch (command.type) {
    case 'start':
      memory = command.memory
      channel = command.channel
      thread = command.thread
      words = new Int32Array(memory.buffer)
      Atomics.store(words, readyAddress(thread) >> 2, 1)
      break
    case 'kernels': {
      const exports = instantiate(command.module, command.blas)
      for (let i = 0; i < command.count; i++) kernels.push(exports[`k${i}`] as KernelFunction)
      break
    }
    case 'program': {
      const { launches } = command
      programs.set(command.program, { launches, kernels: command.kernels.map(number => kernels[number]!) })
      break
    }
    case 'forget':
      programs.delete(command.program)
      break
    default:
      command satisfies never
  }
}

function hear(command: Command): void {
  try {
    obey(command)
    read++
    attend()
  } catch (error) {
    Atomics.store(words, FAILED_ADDRESS >> 2, 1)
    Atomics.notify(words, COMPLETED_ADDRESS >> 2)
    throw error
  }
}

if (port.on !== undefined) port.on('message', hear)
else port.onmessage = ({ data }) => hear(data)
