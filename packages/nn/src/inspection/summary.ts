import { type DType, dtypes, type Shape } from '@wids/tensor'
import type { Module } from '../module/module.ts'

/** One parameter or buffer of a model. */
export interface SummaryRow {
  /** Key in the state dict. */
  readonly name: string
  /** Class of the module that holds it. */
  readonly module: string
  /** Whether it is trained. */
  readonly kind: 'parameter' | 'buffer'
  /** Its shape. */
  readonly shape: Shape
  /** Its dtype. */
  readonly dtype: DType
  /** How many numbers it holds. */
  readonly elements: number
  /** Bytes they take in memory. */
  readonly bytes: number
}

/** What a model holds; as a string, a table. */
export interface Summary {
  /** In the order of the state dict. */
  readonly rows: readonly SummaryRow[]
  /** Trainable numbers, each counted once. */
  readonly parameters: number
  /** Of parameters and buffers. */
  readonly bytes: number
  /** A table to print. */
  toString(): string
}

/**
 * Names, shapes, numbers and bytes of all that a model holds. A tensor that has several names is listed under its first.
 *
 * @example
 * console.log(String(summary(model)))
 * // name        module  shape      elements  bytes
 * // fc1.weight  Linear  [32, 16]        512  2,048
 * // fc1.bias    Linear  [32]             32    128
 * // 544 parameters, 2,176 bytes
 */
export function summary(model: Module): Summary {
  const classes = new Map(model.namedModules().map(([name, module]) => [name, module.constructor.name]))
  const trained = new Map(model.namedParameters())
  const held = new Map([...trained, ...model.namedBuffers()])
  const rows = Object.keys(model.stateDict()).flatMap((name): SummaryRow[] => {
    const tensor = held.get(name)
    if (tensor === undefined) return []
    const { shape, dtype, size } = tensor
    const kind = trained.has(name) ? 'parameter' : 'buffer'
    return [
      { name, module: ownerOf(name, classes), kind, shape, dtype, elements: size, bytes: size * dtypes[dtype].bytes },
    ]
  })
  const parameters = total(rows.filter(row => row.kind === 'parameter').map(row => row.elements))
  const bytes = total(rows.map(row => row.bytes))
  return { rows, parameters, bytes, toString: () => table(rows, parameters, bytes) }
}

/** The class of the innermost module whose name begins a tensor's name. */
export function ownerOf(name: string, classes: ReadonlyMap<string, string>): string {
  let path = name
  while (path !== '') {
    path = path.slice(0, Math.max(0, path.lastIndexOf('.')))
    const found = classes.get(path)
    if (found !== undefined) return found
  }
  return classes.get('') ?? ''
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

const grouped = (n: number): string => n.toLocaleString('en-US')

/** Columns as wide as their widest cell; numbers to the right. */
function table(rows: readonly SummaryRow[], parameters: number, bytes: number): string {
  const head = ['name', 'module', 'shape', 'elements', 'bytes']
  const cells = rows.map(row => [
    row.name,
    row.module,
    `[${row.shape.join(', ')}]`,
    grouped(row.elements),
    grouped(row.bytes),
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map(line => line[column]!.length)))
  const pad = (cell: string, column: number): string =>
    column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
  const lines = [head, ...cells].map(line => line.map(pad).join('  ').trimEnd())
  return [...lines, `${grouped(parameters)} parameters, ${grouped(bytes)} bytes`].join('\n')
}
