import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Library } from './libraries.ts'
import { type Reply, replyDescriptor, type Request } from './protocol.ts'
import type { Task } from './tasks.ts'

/** A library's process, which stays warm and works only when it is asked to. */
export interface Contender {
  readonly library: Library
  /** Makes a task ready; gives the numbers that show what it computes. */
  prepare(task: Task): Promise<readonly number[]>
  /** Does the task `count` times; gives the seconds for all. */
  round(count: number): Promise<number>
  stop(): void
}

/** A library that hangs must not stop the others. */
const patienceMinutes = 3

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')))

/** Starts the process of a library. */
export function startContender(library: Library): Contender {
  const [program = '', ...args] = library.command
  const child = spawn(program, args, {
    env: { ...process.env, ...library.env },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  running.add(child)
  const ask = asker(child, library)
  return {
    library,
    prepare: async task => (await ask({ ask: 'prepare', task })).check ?? [],
    round: async count => (await ask({ ask: 'round', count })).seconds ?? NaN,
    stop() {
      running.delete(child)
      child.kill('SIGKILL')
    },
  }
}

/** Sends one request at a time and waits for its reply. */
function asker(child: ChildProcess, library: Library): (request: Request) => Promise<Reply> {
  const lastWords = tailOf(child.stdout!, child.stderr!)
  let settle: ((reply: Reply) => void) | undefined
  const reply = (answer: Reply): void => {
    settle?.(answer)
    settle = undefined
  }
  let gone: string | undefined
  const leave = (why: string): void => reply({ error: (gone ??= `${why}\n${lastWords()}`.trim()) })
  createInterface({ input: child.stdio[replyDescriptor] as Readable }).on('line', line =>
    reply(JSON.parse(line) as Reply),
  )
  child.stdin!.on('error', () => {}) // a process that ended says so below
  const losePatience = (): void => {
    leave(`no answer in ${patienceMinutes} minutes`)
    child.kill('SIGKILL')
  }
  child.on('error', error => leave(String(error)))
  child.on('close', (code, signal) => leave(`its process ended (${signal ?? code})`))
  return async request => {
    if (gone !== undefined) throw new Error(`${library.title}: ${gone}`)
    const timer = setTimeout(losePatience, patienceMinutes * 60_000)
    const answer = await new Promise<Reply>(resolve => {
      settle = resolve
      child.stdin!.write(`${JSON.stringify(request)}\n`)
    })
    clearTimeout(timer)
    if (answer.error !== undefined) throw new Error(`${library.title}: ${answer.error}`)
    return answer
  }
}

/** The end of what was printed. */
function tailOf(...streams: readonly Readable[]): () => string {
  let text = ''
  for (const stream of streams) stream.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2000)))
  return () => text
}
