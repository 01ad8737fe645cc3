import { ShapeError } from '@wids/tensor'
import { printed } from '@wids/tensor/graph'

/**
 * Refuses sizes that are not whole numbers of at least 0.
 *
 * @throws ShapeError that names the first
 */
export function checkSizes(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, size] of Object.entries(sizes))
    if (!(Number.isSafeInteger(size) && size >= 0))
      throw new ShapeError(layer, `${name} is a whole number of at least 0, got ${printed(size)}`)
}
