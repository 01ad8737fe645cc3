import { f32x4, i32, local, v128 } from 'wasmati'
import type { AttentionGradientKernel, AttentionInput } from '../../../../compiler/kernel.ts'
import { sizeOf } from '../../../../shape.ts'
import { defineCode, type Int, type Vector } from '../code.ts'
import { range, setAtMost, whileLess } from '../control.ts'
import { tileRows } from '../matmul/tile.ts'
import type { EmittedKernel, Target } from '../target.ts'
import { storageOf, storeNeighbours } from '../values/storage.ts'
import { keyBlock, layScratch, queryBlock, scoreRow } from './blocks.ts'
import {
  addScaled,
  type Frame,
  locateElement,
  makeFrame,
  type Result,
  resultRowBytes,
  rowBytes,
  setHead,
  setResult,
  takeDigit,
} from './frame.ts'
import { emitProduct } from './product.ts'
import {
  eachKey,
  eachPanel,
  emitRowsByPanel,
  finishScores,
  packQueries,
  type Panel,
  setAtMostOf,
  setQueries,
  setSeen,
  weight,
} from './scores.ts'

const inputs = ['query', 'key', 'value', 'gradient'] as const
type Input = (typeof inputs)[number]
type Parts = 'packedQuery' | 'packedGradient' | 'weights' | 'slopes' | 'offsets' | 'deltas'

/** What the code of a unit is written with: parts of its scratch, rows of its inputs, and its results. */
interface Item extends Record<Parts, Int> {
  readonly frame: Frame
  readonly kernel: AttentionGradientKernel
  /** The first row of the block of queries, or of keys. */
  readonly rows: Readonly<Record<Input, Int>>
  readonly results: readonly Gradient[]
}

type Part = 'query' | 'key' | 'value'

/** A result that is wanted, and where the block's first row of it lies. */
interface Gradient {
  readonly part: Part
  readonly result: Result
  readonly to: Int
}

/**
 * For every block of queries, every block of keys: P = exp(Q Kᵀ − L) and dS = P ∘ (G Vᵀ − D), then dV += Pᵀ G,
 * dK += dSᵀ Q, dQ += dS K, each added to in the result itself. A unit is one head of key and value, with all heads of
 * the query that share it, so that no two units add to the same rows.
 */
export function emitAttentionGradient(kernel: AttentionGradientKernel, target: Target): EmittedKernel {
  const { sizes } = kernel
  const { at, bytes } = layScratch<Parts>({
    packedQuery: queryBlock * sizes.channels,
    packedGradient: queryBlock * sizes.values,
    weights: queryBlock * keyBlock,
    slopes: queryBlock * keyBlock,
    offsets: queryBlock,
    deltas: queryBlock,
  })
  const func = defineCode(['i32', 'i32', 'i32', 'i32'], target.relaxed, ([args, begin, end, scratch], code) => {
    const frame = makeFrame(code, target, sizes, args, scratch)
    const part = (name: Parts): Int => code.keepInt(i32.add(scratch, at[name]))
    const item: Item = {
      frame,
      kernel,
      packedQuery: part('packedQuery'),
      packedGradient: part('packedGradient'),
      weights: part('weights'),
      slopes: part('slopes'),
      offsets: part('offsets'),
      deltas: part('deltas'),
      rows: { query: code.int(), key: code.int(), value: code.int(), gradient: code.int() },
      results: resultsOf(kernel).map(result => ({ ...result, to: code.int() })),
    }
    const [rest, group] = [code.int(), code.int()]
    whileLess(begin, end, () => {
      local.set(rest, begin)
      takeDigit(frame.kvHead, rest, sizes.kvHeads)
      local.set(frame.element, rest)
      locateElement(frame)
      for (const { part: name, result } of item.results)
        if (name !== 'query') code.region(() => clear(frame, result, frame.kvHead))
      const heads = sizes.heads / sizes.kvHeads
      local.set(frame.head, i32.mul(frame.kvHead, heads))
      range(group, 0, heads, 1, () => {
        emitHead(item)
        local.set(frame.head, i32.add(frame.head, 1))
      })
      local.set(begin, i32.add(begin, 1))
    })
  })
  return { func, units: sizeOf(sizes.batch) * sizes.kvHeads, scratchBytes: bytes }
}

function resultsOf({ results, sizes }: AttentionGradientKernel): Omit<Gradient, 'to'>[] {
  const { heads, kvHeads, queries, keys, channels, values } = sizes
  const shapes = {
    query: { rows: queries, heads, columns: channels },
    key: { rows: keys, heads: kvHeads, columns: channels },
    value: { rows: keys, heads: kvHeads, columns: values },
  }
  return (['query', 'key', 'value'] as const).flatMap(part => {
    const operand = results[part]
    return operand === undefined ? [] : [{ part, result: { operand, ...shapes[part] } }]
  })
}

/** Fills the rows of a head with zeros. */
function clear(frame: Frame, result: Result, head: Int): void {
  const { code } = frame
  const [row, to, zero] = [code.int(), code.int(), code.f32(0)]
  setResult(frame, to, result, head)
  range(row, 0, result.rows, 1, () => {
    for (let at = 0; at < result.columns; at += 4)
      code.region(() => storeNeighbours(code, storageOf('f32'), to, 4 * at, zero, Math.min(4, result.columns - at)))
    local.set(to, i32.add(to, resultRowBytes(result)))
  })
}

/** All blocks of one head of the query. */
function emitHead(item: Item): void {
  const { frame, kernel, rows } = item
  const { code, sizes, query, head, key, keyCount, keysLeft } = frame
  const [block, last] = [code.int(), code.int()]
  range(block, 0, Math.ceil(sizes.queries / queryBlock), 1, () => {
    setQueries(frame, block)
    startRows(item, 'query', head, query)
    startRows(item, 'gradient', head, query)
    packQueries(frame, rows.query, rowBytes(kernel.query), sizes.channels, item.packedQuery, sizes.scale)
    packQueries(frame, rows.gradient, rowBytes(kernel.gradient), sizes.values, item.packedGradient, sizes.scale)
    copyColumn(frame, kernel.logSumExp, item.offsets)
    copyColumn(frame, kernel.delta, item.deltas)
    local.set(last, sizes.causal ? i32.add(query, queryBlock) : i32.const(sizes.keys))
    setAtMost(last, last, sizes.keys)
    range(key, 0, last, keyBlock, () => {
      local.set(keysLeft, i32.sub(sizes.keys, key))
      local.set(keyCount, i32.sub(last, key))
      setAtMost(keyCount, keyCount, keyBlock)
      startRows(item, 'key', frame.kvHead, key)
      startRows(item, 'value', frame.kvHead, key)
      emitBlock(item)
    })
  })
}

/** Finds the block's first row of an input. */
function startRows({ frame, kernel, rows }: Item, name: Input, head: Int, first: Int): void {
  setHead(frame, rows[name], kernel[name], head)
  addScaled(rows[name], first, rowBytes(kernel[name]))
}

/** Copies the numbers of the block's queries side by side. */
function copyColumn(frame: Frame, input: AttentionInput, to: Int): void {
  const { code, head, query, queryCount } = frame
  code.region(() => {
    const [from, row, into] = [code.int(), code.int(), code.keepInt(to)]
    setHead(frame, from, input, head)
    addScaled(from, query, rowBytes(input))
    range(row, 0, queryCount, 1, () => {
      i32.store({}, into, i32.load({}, from))
      local.set(from, i32.add(from, rowBytes(input) | 0))
      local.set(into, i32.add(into, 4))
    })
  })
}

/** One block of queries by keys: P and dS panel by panel, then what they add to the results. */
function emitBlock(item: Item): void {
  const { frame, kernel, rows, packedQuery, packedGradient, results } = item
  const { code, sizes, head, kvHead, query, key } = frame
  const [channels, values] = [sizes.channels, sizes.values]
  const slopes = results.some(({ part }) => part !== 'value')
  eachPanel(frame, of => {
    const [from, to] = [code.int(), code.int()]
    const multiply = (input: 'key' | 'value', packed: Int, columns: number, into: Int): void => {
      local.set(from, packed)
      addScaled(from, of.query, 4 * columns)
      local.set(to, into)
      addScaled(to, of.query, 4)
      const stride = rowBytes(kernel[input])
      emitRowsByPanel(frame, of, { rows: rows[input], stride, channels: columns, packed: from, to })
    }
    if (slopes) multiply('value', packedGradient, values, item.slopes)
    multiply('key', packedQuery, channels, item.weights)
    finishScores(frame, of, to, kernel.bias)
    emitSlopes(item, of, slopes)
  })
  for (const { part, result, to } of results) {
    setResult(frame, to, result, part === 'query' ? head : kvHead)
    addScaled(to, part === 'query' ? query : key, resultRowBytes(result))
    if (part === 'query') addToQuery(item, result, to)
    else addToKeys(item, part, result, to)
  }
}

/** In place of a panel's scores P = exp(S − L), and of scale · G Vᵀ dS = P ∘ (scale · G Vᵀ − scale · D). */
function emitSlopes({ frame, weights, slopes, offsets, deltas }: Item, of: Panel, wanted: boolean): void {
  const { code, sizes } = frame
  code.region(() => {
    const offset = code.keepInt(i32.mul(of.query, 4))
    const [at, distance] = [code.keepInt(i32.add(weights, offset)), code.keepInt(i32.sub(slopes, weights))]
    const halvesOf = (part: Int): Vector[] => {
      const address = code.keepInt(i32.add(part, offset))
      return [0, 16].map(half => code.keep(v128.load({ offset: half }, address)))
    }
    const [l, unscaled] = [halvesOf(offsets), halvesOf(deltas)]
    const d = unscaled.map(x => code.keep(f32x4.mul(x, code.f32(sizes.scale))))
    eachKey(code, of, at, row => {
      const slope = code.keepInt(i32.add(row, distance))
      l.forEach((offsetOf, i) =>
        code.region(() => {
          const p = code.keep(weight(code, code.keep(f32x4.sub(v128.load({ offset: 16 * i }, row), offsetOf))))
          v128.store({ offset: 16 * i }, row, p)
          if (!wanted) return
          const difference = code.keep(f32x4.sub(v128.load({ offset: 16 * i }, slope), d[i]!))
          v128.store({ offset: 16 * i }, slope, f32x4.mul(p, difference))
        }),
      )
    })
  })
}

/** dQ (+)= dS K */
function addToQuery({ frame, kernel, slopes, rows }: Item, result: Result, to: Int): void {
  const { sizes, queryCount, keyCount, key } = frame
  emitProduct(frame, {
    source: 'columns',
    a: slopes,
    aStride: scoreRow,
    b: rows.key,
    bStride: rowBytes(kernel.key),
    c: to,
    cStride: resultRowBytes(result),
    rows: queryCount,
    end: { left: queryCount, tail: (sizes.queries % queryBlock) % tileRows },
    columns: result.columns,
    span: (row, first, count) => {
      local.set(first, 0)
      if (sizes.causal) setSeen(frame, count, row, tileRows)
      else local.set(count, keyCount)
    },
    accumulate: key,
  })
}

/** dK += dSᵀ Q, or dV += Pᵀ G; queries before a strip's keys see none of them. */
function addToKeys(item: Item, part: 'key' | 'value', result: Result, to: Int): void {
  const { frame, kernel, rows, weights, slopes } = item
  const { sizes, queryCount, keyCount, keysLeft } = frame
  const [a, from] = part === 'key' ? [slopes, 'query' as const] : [weights, 'gradient' as const]
  emitProduct(frame, {
    source: 'rows',
    a,
    aStride: scoreRow,
    b: rows[from],
    bStride: rowBytes(kernel[from]),
    c: to,
    cStride: resultRowBytes(result),
    rows: keyCount,
    end: { left: keysLeft, tail: sizes.keys % tileRows },
    columns: result.columns,
    span: (row, first, count) => {
      local.set(first, 0)
      if (sizes.causal) setFirstSeeing(frame, first, row)
      local.set(count, i32.sub(queryCount, first))
    },
    accumulate: 1,
  })
}

/** into = the first of the block's queries that sees the block's key `row`, at most their number */
function setFirstSeeing({ query, queryCount, key }: Frame, into: Int, row: Int): void {
  local.set(into, i32.sub(i32.add(key, row), query))
  // Keys before the block of queries are seen by its first one.
  local.set(into, i32.and(into, i32.shr_s(i32.xor(into, -1), 31)))
  setAtMostOf(into, queryCount)
}
