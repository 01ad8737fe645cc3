/** How many programs of the pool have ended: a word at a fixed byte address that threads share. */
export const COMPLETED_ADDRESS = 128

/** A word that is 1 once a thread has failed, for threads that wait for it. */
export const FAILED_ADDRESS = 136

/**
 * The program that the main thread takes part in: how many there have been, how many threads help with it (negative
 * while none may begin to), and the words of its run.
 */
export const LED_ADDRESS = 192
export const HELPERS_ADDRESS = 256
export const LED_RUN_ADDRESS = 320

/** A word that is 1 once a thread has started. A loop that never waits for an event would not hear a message. */
export const readyAddress = (thread: number): number => 512 + thread * 4
export const mostThreads = 64

/** Behind what kernels and threads share. */
export const HEAP_START = 1024
