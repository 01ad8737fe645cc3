import type { KernelModule } from '../kernels.ts'
import type { Channel } from './channel.ts'

/** What the main thread tells workers, in order; runs come by the channel. */
export type Command =
  | {
      readonly type: 'start'
      readonly memory: WebAssembly.Memory
      readonly channel: Channel
      readonly thread: number
    }
  | ({ readonly type: 'kernels' } & KernelModule)
  /** Launches, and the number of each one's kernel; see `takePart`. */
  | {
      readonly type: 'program'
      readonly program: number
      readonly launches: Int32Array
      readonly kernels: readonly number[]
    }
  | { readonly type: 'forget'; readonly program: number }

/** What a worker tells the main thread: that a program has ended. */
export type Reply = 'done'
