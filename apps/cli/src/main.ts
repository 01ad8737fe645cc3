import { CommanderError } from 'commander'
import { Failure, sentenceOf } from './failure.ts'
import { makeProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs `wids` with the given arguments and returns its exit code: 0 done, 1 failure, 2 wrong usage, 130 interrupted.
 *
 * @example
 * process.exitCode = await main(process.argv.slice(2), processTerminal(), '0.1.0')
 */
export async function main(args: readonly string[], terminal: Terminal, version: string): Promise<number> {
  let exitCode = 0
  const program = makeProgram(terminal, version, code => (exitCode = code))
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    const debug = args.includes('--debug')
    terminal.err.write(`wids: ${sentenceOf(error)}\n${debug && error instanceof Error ? `${error.stack ?? ''}\n` : ''}`)
    return error instanceof Failure ? error.exitCode : 1
  }
}
