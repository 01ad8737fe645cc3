import type { Callback } from '../callback.ts'
import { logFile } from './logFile.ts'

/**
 * Writes an object for each step and each validation into a file of JSON lines, in Node. Numbers that are not finite
 * become null, as in JSON everywhere; a skipped step says so.
 *
 * @example
 * await fit(model, { loss, optimizer, data, epochs: 1, callbacks: [jsonLinesLog('runs/digits/log.jsonl')] })
 * // {"event":"step","epoch":0,"step":1,"loss":2.31,"lr":0.001,"norm":0.9,"skipped":false,"metrics":{}}
 */
export const jsonLinesLog = (path: string): Callback =>
  logFile(path, {
    name: 'jsonLinesLog',
    onStep: (report, { epoch }) => JSON.stringify({ event: 'step', epoch, ...report }),
    onValidation: (report, { epoch }) => JSON.stringify({ event: 'validation', epoch, ...report }),
  })
