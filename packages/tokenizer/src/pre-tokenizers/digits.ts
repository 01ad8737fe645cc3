import { utf8Width } from '../bytes/utf8.ts'
import { isAt, type Scanner, skipWhile } from '../scanners/scanner.ts'
import { NUMBER } from '../unicode/category.ts'
import { type PreTokenizer, scanMatches, splitBy } from './pre-tokenizer.ts'

/** Cuts numbers from the rest, digit by digit or in runs. */
export function digits(options: { individualDigits?: boolean } = {}): PreTokenizer {
  const { individualDigits = false } = options
  const scan: Scanner = (bytes, at, end) => {
    if (!isAt(bytes, at, end, NUMBER)) return at
    return individualDigits ? at + utf8Width(bytes[at]!) : skipWhile(bytes, at, end, NUMBER)
  }
  return {
    json: { type: 'Digits', individual_digits: individualDigits },
    split: splitBy(scanMatches(scan), 'Isolated'),
  }
}
