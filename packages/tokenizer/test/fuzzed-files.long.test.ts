import { it } from 'vitest'
import { fuzzFiles } from './fuzzed-files.ts'

it('100,000 damaged files give nothing but typed errors', () => fuzzFiles(100_000))
