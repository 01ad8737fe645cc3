import type { Backend, Block } from '../backends/backend.ts'
import { returnBallast, takeBallast } from './ballast.ts'

/**
 * Where the value of a realized node lies: on the host (data that came from JavaScript, until a program needs it
 * again), on the device, or on both.
 */
export interface Storage {
  readonly backend: Backend
  readonly bytes: number
  host: Uint8Array | undefined
  block: Block | undefined
  /** Set when the bytes were given to something else; reading is then an error. */
  gone: string | undefined
  /** Reads that have not ended: until they have, the bytes must stay as they are. */
  reading: number
  /** Makes V8 see the device bytes. */
  ballast: ArrayBuffer | undefined
}

const registry = new FinalizationRegistry<{ backend: Backend; block: Block }>(({ backend, block }) =>
  backend.free(block),
)

export const hostStorage = (backend: Backend, host: Uint8Array): Storage => ({
  backend,
  bytes: host.byteLength,
  host,
  block: undefined,
  gone: undefined,
  reading: 0,
  ballast: undefined,
})

/** A storage that owns a device block and frees it when nothing refers to the storage any more. */
export function deviceStorage(backend: Backend, bytes: number): Storage {
  const storage: Storage = {
    backend,
    bytes,
    host: undefined,
    block: undefined,
    gone: undefined,
    reading: 0,
    ballast: undefined,
  }
  own(storage, backend.alloc(bytes))
  return storage
}

function own(storage: Storage, block: Block): void {
  storage.block = block
  storage.ballast = takeBallast(storage.bytes)
  registry.register(storage, { backend: storage.backend, block }, storage)
}

/** The device block of a storage, uploading host data for good. */
export function deviceBlock(storage: Storage): Block {
  if (storage.block === undefined) {
    own(storage, storage.backend.alloc(storage.bytes))
    storage.backend.write(storage.block!, storage.host!)
    storage.host = undefined
  }
  return storage.block!
}

/** Keeps bytes that were read instead of the device block: on the host they are collected as soon as any object. */
export function keepOnHost(storage: Storage, bytes: Uint8Array): void {
  if (storage.block === undefined || storage.reading > 0) return
  registry.unregister(storage)
  storage.backend.free(storage.block)
  storage.block = undefined
  returnBallast(storage.ballast)
  storage.ballast = undefined
  storage.host = bytes
}

/** Gives the bytes back now, or when collected if they are being read; `reason` is what a later reader is told. */
export function release(storage: Storage, reason: string): void {
  if (storage.gone !== undefined || storage.reading > 0) return
  storage.gone = reason
  storage.host = undefined
  returnBallast(storage.ballast)
  storage.ballast = undefined
  if (storage.block === undefined) return
  registry.unregister(storage)
  storage.backend.free(storage.block)
  storage.block = undefined
}

/** What is left of a value whose bytes now hold the next one. */
export const overwritten = (storage: Storage): Storage => ({
  ...storage,
  host: undefined,
  block: undefined,
  gone: 'this value was replaced in place; compute with it before what replaces it, or keep a copy',
  ballast: undefined,
})
