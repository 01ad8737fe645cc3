import { parseArgs } from 'node:util'
import { kernels, workloads } from './benchmarks.ts'
import { peerFamilies } from './libraries.ts'

export const usage = `pnpm bench [--quick] [--only gpt-A,matmul] [--peers jax,tfjs,torch] [--kernels]

  --quick     under a minute: fewer and shorter rounds, without the slowest workloads and peers
  --only      some workloads: ${[...new Set(workloads(false).map(({ id }) => id))].join(', ')};
              the first part of a name takes all that begin with it
  --peers     some peers, of ${peerFamilies.join(', ')}; 'none' for ours alone
  --kernels   kernels of ours against the limits of this machine, instead of workloads against peers

PyTorch takes part where $WIDS_PYTHON, or else python3, can import torch.`

export interface Options {
  readonly quick: boolean
  readonly kernels: boolean
  readonly only: readonly string[] | undefined
  readonly peers: readonly string[] | undefined
}

/** A mistake on the command line. */
export class UsageError extends Error {}

const listOf = (text: string | undefined): readonly string[] | undefined => text?.split(',').map(part => part.trim())

/** Whether a name is one of those wanted or begins with one. */
export const isAmong = (name: string, wanted: readonly string[] | undefined): boolean =>
  wanted === undefined || wanted.some(want => name === want || name.startsWith(`${want}-`))

export function parseOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args)
  if (values.help === true) return 'help'
  const options = {
    quick: values.quick === true,
    kernels: values.kernels === true,
    only: listOf(values.only),
    peers: values.peers === 'none' ? [] : listOf(values.peers),
  }
  const ids = (options.kernels ? kernels(false) : workloads(false)).map(({ id }) => id)
  const unknown = options.only?.find(want => !ids.some(id => isAmong(id, [want])))
  if (unknown !== undefined) throw new UsageError(`there is no workload '${unknown}'; there are ${ids.join(', ')}`)
  const stranger = options.peers?.find(want => !peerFamilies.includes(want.replace(/-.*/, '')))
  if (stranger !== undefined)
    throw new UsageError(`there is no peer '${stranger}'; there are ${peerFamilies.join(', ')}`)
  return options
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: args.filter(arg => arg !== '--'),
      options: { quick: flag, kernels: flag, help: { ...flag, short: 'h' }, only: text, peers: text },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
