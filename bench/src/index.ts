import { availableParallelism } from 'node:os'
import { type Benchmark, kernels, workloads } from './benchmarks.ts'
import { type Library, limit, peersOf, wids, widsBlas, widsOn, widsPlain } from './libraries.ts'
import { measureGroup, type Pair, type Row } from './measure.ts'
import { isAmong, type Options, parseOptions, usage, UsageError } from './options.ts'
import { header, jsonLine, machineLines, tableLine } from './report.ts'
import { quick, thorough } from './rounds.ts'

const leftOutOfQuick = ['tfjs-cpu', 'torch-1']

/** Ours beside every peer, and without `compile` beside with. */
function workloadPairs({ peers, quick }: Options): Pair[] {
  const present = peersOf(peers)
  if (peers === undefined && !present.some(({ name }) => name.startsWith('torch')))
    console.log('note: without PyTorch; set WIDS_PYTHON to a Python that can import torch')
  const others = present.filter(({ name }) => !quick || peers !== undefined || !leftOutOfQuick.includes(name))
  const beside = others.map(theirs => ({ ours: wids, theirs }))
  return [
    ...beside,
    ...blasPairs(others),
    { ours: widsPlain, theirs: wids, peerName: 'wids, compiled', suffix: ', not compiled' },
  ]
}

/** Ours with a BLAS beside ours without, and beside those that have one of their own. */
function blasPairs(others: readonly Library[]): Pair[] {
  const ours = widsBlas()
  if (ours === undefined) return []
  const native = others.filter(({ name }) => name.startsWith('torch'))
  return [wids, ...native].map(theirs => ({ ours, theirs, suffix: ', BLAS' }))
}

/** Ours on one thread beside the limit, and on all beside one. */
function kernelPairs(): Pair[] {
  const [one, all] = [widsOn(1), availableParallelism()]
  const more = all > 1 ? [{ ours: widsOn(all), theirs: one, suffix: `, ${all} threads` }] : []
  return [{ ours: one, theirs: limit }, ...more]
}

const selected = (options: Options): readonly Benchmark[] =>
  (options.kernels ? kernels(options.quick) : workloads(options.quick)).filter(
    ({ id, quick }) => isAmong(id, options.only) && (quick || !options.quick || options.only !== undefined),
  )

async function main(options: Options): Promise<void> {
  const pairs = options.kernels ? kernelPairs() : workloadPairs(options)
  const rows: Row[] = []
  let failures = 0
  for (const text of [...machineLines(), '', header()]) console.log(text)
  const benchmarks = selected(options)
  for (const group of new Set(benchmarks.map(({ bench }) => bench))) {
    const settings = { quick: options.quick, effort: options.quick ? quick : thorough }
    const members = benchmarks.filter(({ bench }) => bench === group)
    if (process.stderr.isTTY) console.error(`${group} …`)
    await measureGroup(members, pairs, settings, (benchmark, outcome) => {
      rows.push(...outcome.rows)
      for (const row of outcome.rows) console.log(tableLine(row))
      for (const warning of outcome.warnings) console.log(`${benchmark.bench} ${benchmark.name}: warning: ${warning}`)
      if (outcome.rows.length === 0) failures++
    })
  }
  console.log()
  for (const row of rows) console.log(jsonLine(row))
  if (failures > 0) process.exitCode = 1
}

process.on('SIGINT', () => process.exit(130))

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') console.log(usage)
  else await main(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
