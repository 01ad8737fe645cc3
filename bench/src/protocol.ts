import type { Task } from './tasks.ts'

// A library's process reads one JSON line for each request from stdin and answers each with one on file descriptor 3.

export type Request =
  | { readonly ask: 'prepare'; readonly task: Task }
  | { readonly ask: 'round'; readonly count: number }

export interface Reply {
  /** What a prepared task computed, see `Prepared`. */
  readonly check?: readonly number[]
  /** How long a round took. */
  readonly seconds?: number
  readonly error?: string
}

/** File descriptor of the replies; stdout is left to whatever libraries print. */
export const replyDescriptor = 3
