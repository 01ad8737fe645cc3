import { DeviceError, OutOfMemoryError } from '../../errors.ts'
import type { Block } from '../backend.ts'

/** The memory of the reference device: an `ArrayBuffer` for each address that is in use. */
export class Blocks {
  readonly maxBytes: number
  live = 0
  peak = 0
  private readonly buffers = new Map<number, ArrayBuffer>()
  private lastAddress = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  alloc(bytes: number): Block {
    const address = ++this.lastAddress
    this.buffers.set(address, this.newBuffer(bytes))
    this.live += bytes
    this.peak = Math.max(this.peak, this.live)
    return { address, bytes }
  }

  free(block: Block): void {
    this.live -= this.bytes(block).byteLength
    this.buffers.delete(block.address)
  }

  bytes({ address }: Block): ArrayBuffer {
    const buffer = this.buffers.get(address)
    if (buffer === undefined) throw new DeviceError('free', `block ${address} of the reference device is not allocated`)
    return buffer
  }

  write(block: Block, bytes: Uint8Array): void {
    new Uint8Array(this.bytes(block)).set(bytes)
  }

  clear(): void {
    this.buffers.clear()
    this.live = 0
  }

  private newBuffer(bytes: number): ArrayBuffer {
    const available = this.maxBytes - this.live
    if (bytes > available) throw new OutOfMemoryError(bytes, available)
    try {
      return new ArrayBuffer(bytes)
    } catch {
      throw new OutOfMemoryError(bytes, available)
    }
  }
}
