import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

describe('parseOptions', () => {
  it('takes lists', () =>
    expect(parseOptions(['--quick', '--only', 'gpt-A,matmul', '--peers', 'jax,torch-1'])).toEqual({
      quick: true,
      kernels: false,
      only: ['gpt-A', 'matmul'],
      peers: ['jax', 'torch-1'],
    }))

  it('takes all where nothing is named', () =>
    expect(parseOptions(['--'])).toEqual({ quick: false, kernels: false, only: undefined, peers: undefined }))

  it.each([
    [['--only', 'gpt-Z'], "there is no workload 'gpt-Z'"],
    [['--peers', 'onnx'], "there is no peer 'onnx'"],
    [['--fast'], '--fast'],
  ])('refuses %j', (args, message) => expect(() => parseOptions(args)).toThrow(message))
})
