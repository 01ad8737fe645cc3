import type { DType } from '../dtype.ts'
import type { Graph } from '../graph/linear.ts'

/** A block of device memory; what `address` means is the backend's affair. */
export interface Block {
  readonly address: number
  readonly bytes: number
}

/** A graph made ready to run on one backend. */
export interface Program {
  /** For every output, the input slot whose block it may overwrite in place (pass the same block), or undefined. */
  readonly inPlace: readonly (number | undefined)[]
}

/** Bytes on a device. */
export interface MemoryUse {
  /** Held by tensors, or by programs that have not ended. */
  readonly live: number
  /** Reserved for intermediates. */
  readonly arena: number
  /** Reserved for threads to work in: packed panels, rows. */
  readonly scratch: number
  /** The most there ever was of all of these together. */
  readonly peak: number
}

/**
 * What runs programs. Everything but `read` and `sync` returns at once, so that a GPU or worker threads fit: `run`
 * starts a program, later calls see its results in order.
 */
export interface Backend<P extends Program = Program> {
  readonly name: string
  readonly limits: { readonly maxBytes: number }
  supports(dtype: DType): boolean
  /** @throws OutOfMemoryError */
  alloc(bytes: number): Block
  free(block: Block): void
  write(block: Block, bytes: Uint8Array): void
  read(block: Block): Promise<Uint8Array>
  /** Waits for what was started and reads, blocking the caller; absent where a device cannot. */
  readNow?(block: Block): Uint8Array
  /** @throws OutOfMemoryError if no run could fit on the device */
  compile(graph: Graph): P
  /** Bytes that a run takes beside inputs and outputs. */
  workspace(program: P): Pick<MemoryUse, 'arena' | 'scratch'>
  /** Reads `inputs` (one block per graph input), writes `outputs` (one per graph output). */
  run(program: P, inputs: readonly Block[], outputs: readonly Block[]): void
  /** Resolves when everything started has ended; rejects with what went wrong in it. */
  sync(): Promise<void>
  memory(): MemoryUse
  dispose(): void
}
