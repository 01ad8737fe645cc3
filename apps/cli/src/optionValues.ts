import { InvalidArgumentError } from 'commander'

/** Reads a number that an option accepts; `wanted` completes "must be". */
const numberWhere =
  (wanted: string, accepts: (n: number) => boolean) =>
  (text: string): number => {
    const n = text.trim() === '' ? NaN : Number(text)
    if (!Number.isFinite(n) || !accepts(n)) throw new InvalidArgumentError(`It must be ${wanted}.`)
    return n
  }

export const count = numberWhere('a whole number above 0', n => Number.isInteger(n) && n > 0)
export const countOrNone = numberWhere('a whole number, 0 or more', n => Number.isInteger(n) && n >= 0)
export const seed = numberWhere(
  'a whole number from 0 to 4294967295',
  n => Number.isInteger(n) && n >= 0 && n < 2 ** 32,
)
export const positive = numberWhere('a number above 0', n => n > 0)
export const nonNegative = numberWhere('a number, 0 or more', n => n >= 0)
export const probability = numberWhere('a number above 0 and at most 1', n => n > 0 && n <= 1)
export const dropProbability = numberWhere('a number from 0 to below 1', n => n >= 0 && n < 1)
