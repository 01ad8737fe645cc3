import type { Target } from '../target.ts'
import { emitAxpy, type Flat } from './axpy.ts'
import { emitDots } from './dots.ts'
import { emitGather, type Gather } from './gather.ts'
import { emitPackAcross, emitPackLines, type PackAcross, type PackLines } from './pack.ts'
import { emitTile, type Tile, type TileShape } from './tile.ts'
import type { MatmulDType } from './widen.ts'

/**
 * The inner routines depend on no kernel's sizes, so all kernels share them: less code to compile, and the engine
 * optimises each after its first calls, in the middle of the first matmul that uses it.
 */
const tiles = new Map<string, Tile>()
const packs = new Map<string, PackLines>()
const flats = new Map<string, Flat>()
const gathers = new Map<string, Gather>()

export function tileRoutine(shape: TileShape, { relaxed }: Target): Tile {
  return cached(tiles, `${shape.rows} ${shape.columns} ${shape.source} ${relaxed}`, () => emitTile(shape, relaxed))
}

/** A routine for a few rows by lines of the other factor that lie `along` k or `across` it. */
export function flatRoutine(rows: number, layout: 'along' | 'across', dtype: MatmulDType, { relaxed }: Target): Flat {
  const emit = layout === 'along' ? emitDots : emitAxpy
  return cached(flats, `${rows} ${layout} ${dtype} ${relaxed}`, () => emit(rows, dtype, relaxed))
}

export const gatherRoutine = (dtype: MatmulDType): Gather => cached(gathers, dtype, () => emitGather(dtype))

export const packLinesRoutine = (layout: 'along' | 'scattered', dtype: MatmulDType): PackLines =>
  cached(packs, `${layout} ${dtype}`, () => emitPackLines(layout, dtype))

export const packAcrossRoutine = (panelLines: number, dtype: MatmulDType): PackAcross =>
  cached(packs, `${panelLines} ${dtype}`, () => emitPackAcross(panelLines, dtype))

function cached<T>(map: Map<string, T>, key: string, make: () => T): T {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = make()))
  return found
}
