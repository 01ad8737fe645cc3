import { readFileSync } from 'node:fs'

/** A tensor as the Python scripts in `tools/golden` write it: numbers in row-major order. */
export interface GoldenTensor {
  readonly shape: readonly number[]
  readonly dtype: string
  readonly data: readonly number[]
}

const spelled: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity }

/**
 * Reads a golden JSON file, in which NaN and infinities are strings.
 *
 * @example
 * const cases = readGolden<OperationCase[]>(new URL('goldens/ops.json', import.meta.url))
 */
export function readGolden<T>(file: URL): T {
  return JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) =>
    typeof value === 'string' ? (spelled[value] ?? value) : value,
  ) as T
}
