import type { KernelModule } from '../kernels.ts'

/** What the main thread tells workers, in order. */
export type Command =
  | {
      readonly type: 'start'
      readonly memory: WebAssembly.Memory
      readonly barrier: WebAssembly.Module
      readonly thread: number
    }
  | ({ readonly type: 'kernels' } & KernelModule)
  | { readonly type: 'program'; readonly program: number; readonly launches: Int32Array }
  | { readonly type: 'forget'; readonly program: number }
  /**
   * Runs a program on the first `threads` workers; each has its own `scratchBytes` from `scratch` on. At `counters` is a
   * word for each launch and thread, 0 at first: how many pieces of its share have been taken.
   */
  | {
      readonly type: 'run'
      readonly program: number
      readonly args: number
      readonly counters: number
      readonly scratch: number
      readonly scratchBytes: number
      readonly threads: number
    }

/** What the first worker tells the main thread: that a program has ended. */
export type Reply = 'done'
