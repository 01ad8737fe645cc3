import { beforeEach } from 'vitest'
import { useBlas } from '../src/index.ts'

const { reason } = useBlas()
if (reason !== undefined) process.stdout.write(`tests of @wids/blas are skipped: ${reason}\n`)

/** Skips the tests of a file where there is no library. */
export const needsLibrary = (): void => beforeEach(({ skip }) => skip(reason !== undefined, reason))
