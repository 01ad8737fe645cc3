/** Words at fixed byte addresses that threads share; each has a cache line of its own. */
export const ARRIVED_ADDRESS = 128
export const GENERATION_ADDRESS = 192
/** How many programs of the pool have ended. */
export const COMPLETED_ADDRESS = 256
