import type { Target } from '../target.ts'
import { emitPack, type Layout, type Pack } from './pack.ts'
import { emitTile, type Tile, type TileShape } from './tile.ts'
import type { MatmulDType } from './widen.ts'

/**
 * The inner routines depend on no kernel's sizes, so all kernels share them: less code to compile, and the engine
 * optimises each after its first calls, in the middle of the first matmul that uses it.
 */
const tiles = new Map<string, Tile>()
const packs = new Map<string, Pack>()

export function tileRoutine(shape: TileShape, { relaxed }: Target): Tile {
  return cached(tiles, `${shape.rows} ${shape.columns} ${shape.source} ${relaxed}`, () => emitTile(shape, relaxed))
}

export function packRoutine(layout: Layout, dtype: MatmulDType): Pack {
  return cached(packs, `${layout} ${dtype}`, () => emitPack(layout, dtype))
}

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = make()))
  return found
}
