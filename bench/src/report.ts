import { availableParallelism, cpus, loadavg } from 'node:os'
import type { Row } from './measure.ts'

/** A number with three digits that count. */
const digits = (value: number): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en', { maximumSignificantDigits: 3, minimumSignificantDigits: 3 })
    : '?'

const widths = [9, 39, 14, 27, 14, 26]
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(widths[i]!))
    .join(' ')
    .trimEnd()

export const header = (): string => line(['bench', 'what', 'ours', 'beside', 'theirs', 'ours is faster by'])

export function tableLine({ bench, name, ours, peerName, peer, unit, ratio, range: [low, high] }: Row): string {
  const spread = `${digits(ratio)}× (${digits(low)} … ${digits(high)})`
  return line([bench, name, `${digits(ours)} ${unit}`, peerName, `${digits(peer)} ${unit}`, spread])
}

export const jsonLine = ({ bench, name, ours, peer, peerName, unit, ratio }: Row): string =>
  JSON.stringify({ bench, name, ours, peer, peerName, unit, ratio })

/** The machine, and a warning if it is doing something else. */
export function machineLines(): string[] {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const lines = [`${availableParallelism()} × ${model}, Node ${process.version}`]
  const load = loadavg()[0] ?? 0
  if (load > 0.5)
    lines.push(`note: the machine is busy (load ${load.toFixed(1)}); trust ratios only, and those with care`)
  return lines
}
