import { none, type Rules } from './rule.ts'

/** What nothing real flows into. */
export const sourceRules: Pick<Rules, 'buffer' | 'constant' | 'iota' | 'randomBits'> = {
  buffer: [],
  constant: [],
  iota: [],
  randomBits: [none],
}
