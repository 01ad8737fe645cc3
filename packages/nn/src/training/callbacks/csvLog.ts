import type { Callback } from '../callback.ts'
import { logFile } from './logFile.ts'

/**
 * Writes a line for each step and each validation into a CSV file, in Node: step, epoch, 'training' or 'validation',
 * loss, learning rate, norm of the gradient, whether the step was skipped, and each metric.
 *
 * @example
 * await fit(model, { loss, optimizer, data, epochs: 1, callbacks: [csvLog('runs/digits/log.csv')] })
 */
export function csvLog(path: string): Callback {
  let metrics: readonly string[] = []
  return logFile(path, {
    name: 'csvLog',
    header: report => row(['step', 'epoch', 'split', 'loss', 'lr', 'norm', 'skipped', ...Object.keys(report.metrics)]),
    onStep({ step, loss, lr, norm, skipped, metrics: measured }, { epoch }) {
      metrics = Object.keys(measured)
      return row([step, epoch, 'training', loss, lr, norm, skipped, ...Object.values(measured)])
    },
    onValidation: ({ step, loss, metrics: measured }, { epoch }) =>
      row([step, epoch, 'validation', loss, '', '', '', ...metrics.map(name => measured[name] ?? '')]),
  })
}

/** Values of a line, quoted where they need it (RFC 4180). */
const row = (values: readonly (string | number | boolean)[]): string =>
  values.map(value => (/[",\r\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value)).join(',')
