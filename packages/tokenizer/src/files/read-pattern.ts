import type { Fields } from './fields.ts'

/** Reads a `pattern` field: `{ "String": … }` or `{ "Regex": … }`. */
export function readPattern(fields: Fields): { String: string } | { Regex: string } {
  const pattern = fields.object('pattern')
  return pattern.has('String') ? { String: pattern.string('String') } : { Regex: pattern.string('Regex') }
}
