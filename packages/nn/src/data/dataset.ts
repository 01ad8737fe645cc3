/**
 * Items that can be read in any order (`torch.utils.data.Dataset`). An array is one.
 *
 * @example
 * const squares: Dataset<[number, number]> = { length: 100, get: i => [i, i * i] }
 */
export interface Dataset<Item> {
  /** How many items there are. */
  readonly length: number
  /** The item at a position from 0 to length − 1. */
  get(index: number): Item | Promise<Item>
}

/** An array as a dataset. */
export const datasetOf = <Item>(source: Dataset<Item> | readonly Item[]): Dataset<Item> =>
  'get' in source ? source : { length: source.length, get: index => source[index]! }
