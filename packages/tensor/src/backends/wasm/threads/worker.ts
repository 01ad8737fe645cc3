/**
 * What a worker does. It imports nothing at run time, so that it can be sent as text: `worker.generated.ts` holds it
 * for pages and programs without configuration, and `@wids/tensor/worker` is it for pages with a strict content
 * security policy. Types and constants are erased or inlined when the text is made.
 */
import type { Blas, Sgemm, SgemmModule } from '../blas.ts'
import type { Command, Reply } from './messages.ts'
import { barrierAddress, COMPLETED_ADDRESS, FAILED_ADDRESS, GENERATION_OFFSET, readyAddress } from './control.ts'

type Kernel = (args: number, begin: number, end: number, scratch: number) => void
interface Port {
  postMessage(reply: Reply): void
  on?(event: 'message', listener: (command: Command) => void): void
  onmessage?: (event: { data: Command }) => void
}

const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads')
const port = (threads?.parentPort ?? globalThis) as unknown as Port

let memory: WebAssembly.Memory
let words: Int32Array
let thread = 0
let arrive: (threads: number, address: number) => number
const kernels: Kernel[] = []
const programs = new Map<number, Int32Array>()

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

function barrier(count: number): void {
  if (count === 1) return
  const address = barrierAddress(count)
  const word = (address + GENERATION_OFFSET) >> 2
  const generation = arrive(count, address)
  while (generation >= 0 && Atomics.load(words, word) === generation) Atomics.wait(words, word, generation)
}

/** Launches in order; see `launches.ts` for their words. The first barrier ends the program before. */
function run(command: Extract<Command, { type: 'run' }>): void {
  const { program, threads: count } = command
  const launches = programs.get(program)!
  words = new Int32Array(memory.buffer) // it may have grown
  barrier(count)
  for (let at = 0; at < launches.length; at += 4) {
    const mode = launches[at + 3]!
    if ((mode & 1) !== 0) barrier(count)
    if ((mode & 6) !== 0 || thread === 0) launch(launches, at, command)
  }
  barrier(count)
  if (thread !== 0) return
  Atomics.add(words, COMPLETED_ADDRESS >> 2, 1)
  Atomics.notify(words, COMPLETED_ADDRESS >> 2)
  port.postMessage('done')
}

/** Pieces in which a thread takes its share of a launch, so that others can take what is left of it. */
const pieces = 8

/**
 * One launch. A small one beside others is done by whoever comes first. A split one gives each thread an equal share of
 * the units, in order, as neighbours share panels and caches. Who is done helps the others: the next piece of a share
 * belongs to whoever raises its counter first.
 */
function launch(launches: Int32Array, at: number, command: Extract<Command, { type: 'run' }>): void {
  const { args, counters, scratchBytes, threads: count } = command
  const kernel = kernels[launches[at]!]!
  const operands = args + launches[at + 1]!
  const units = launches[at + 2]!
  const scratch = command.scratch + thread * scratchBytes
  if (scratchBytes > 0) words[scratch >>> 2] = 0
  const mode = launches[at + 3]!
  const first = (counters >>> 2) + (at >> 2) * count
  if ((mode & 6) === 0 || count === 1) return kernel(operands, 0, units, scratch)
  if ((mode & 4) !== 0) {
    if (Atomics.add(words, first, 1) === 0) kernel(operands, 0, units, scratch)
    return
  }
  for (let turn = 0; turn < count; turn++) {
    const owner = (thread + turn) % count
    const end = Math.floor((units * (owner + 1)) / count)
    const begin = Math.floor((units * owner) / count)
    const piece = Math.ceil((end - begin) / pieces)
    const counter = first + owner
    let from = begin
    while ((from = begin + Atomics.add(words, counter, 1) * piece) < end)
      kernel(operands, from, Math.min(from + piece, end), scratch)
  }
}

function obey(command: Command): void {
  switch (command.type) {
    case 'start':
      memory = command.memory
      thread = command.thread
      words = new Int32Array(memory.buffer)
      arrive = instantiate(command.barrier)['arrive'] as typeof arrive
      Atomics.store(words, readyAddress(thread) >> 2, 1)
      break
    case 'kernels': {
      const exports = instantiate(command.module, command.blas)
      for (let i = 0; i < command.count; i++) kernels.push(exports[`k${i}`] as Kernel)
      break
    }
    case 'program':
      programs.set(command.program, command.launches)
      break
    case 'forget':
      programs.delete(command.program)
      break
    case 'run':
      try {
        run(command)
      } catch (error) {
        Atomics.store(words, FAILED_ADDRESS >> 2, 1)
        Atomics.notify(words, COMPLETED_ADDRESS >> 2)
        throw error
      }
      break
    default:
      command satisfies never
  }
}

if (port.on !== undefined) port.on('message', obey)
else port.onmessage = ({ data }) => obey(data)
