/** The memory of a backend: shared between threads where the engine allows it, growing up to 4 GiB. */
export function createMemory(): WebAssembly.Memory {
  const size = { initial: 16, maximum: 65536 }
  const isolated = typeof crossOriginIsolated === 'undefined' || crossOriginIsolated
  return new WebAssembly.Memory(typeof SharedArrayBuffer !== 'undefined' && isolated ? { ...size, shared: true } : size)
}

export const isShared = (memory: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer
