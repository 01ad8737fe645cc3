import { test } from 'vitest'
import { checkRandomKernels } from './testingLoops.ts'

test('loop kernels compute what the interpreter computes, however their units are split', () =>
  checkRandomKernels(3_000))
