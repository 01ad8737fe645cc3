/** Pages of 64 kB: 4 GiB. */
const mostPages = 65536

/** The memory of a backend: shared between threads where the engine allows it, growing up to 4 GiB. */
export const createMemory = (): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: 16, maximum: mostPages, shared: whyNotShared() === undefined })

export const isShared = (memory: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer

/** What keeps threads from sharing memory here, if anything does. */
export function whyNotShared(): string | undefined {
  if (globalThis.crossOriginIsolated === false)
    return 'this page is not cross-origin isolated (it needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp)'
  return typeof SharedArrayBuffer === 'undefined' ? 'this JavaScript engine has no SharedArrayBuffer' : undefined
}
