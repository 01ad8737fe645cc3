/** How many programs of the pool have ended: a word at a fixed byte address that threads share. */
export const COMPLETED_ADDRESS = 128

/** A word that is 1 once a thread has failed, for a caller that blocks and would not hear an event. */
export const FAILED_ADDRESS = 136

/** A word that is 1 once a thread has started. A loop that never waits for an event would not hear a message. */
export const readyAddress = (thread: number): number => 512 + thread * 4

/**
 * The barrier of `count` threads: a word of those that have arrived and, 32 bytes on, one of its generation. Each
 * count has its own, as a thread that only the next program uses may be early.
 */
export const barrierAddress = (count: number): number => 1024 + count * 64
export const GENERATION_OFFSET = 32
export const mostThreads = 64

/** Behind what kernels and threads share. */
export const HEAP_START = 8192
