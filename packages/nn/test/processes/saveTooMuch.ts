/** Saves a small checkpoint in FOLDER, then one that has no room there, and prints what is left: `node saveTooMuch.ts FOLDER`. */
import { readdirSync } from 'node:fs'
import { full, setDevice, type Tensor } from '@wids/tensor'
import { loadCheckpoint, saveCheckpoint } from '../../src/index.ts'

setDevice('reference')
const [folder = ''] = process.argv.slice(2)
const partOf = (weight: Tensor) => ({
  stateDict: () => ({ weight }),
  loadStateDict: (state: { readonly weight?: Tensor }) => weight.assign(state.weight!),
})
await saveCheckpoint(folder, { part: partOf(full([100], 1)) }, { step: 1 })
const error = await saveCheckpoint(folder, { part: partOf(full([1_000_000], 2)) }, { step: 2 }).catch(String)

const weight = full([100], 0)
const { step } = await loadCheckpoint(folder, { part: partOf(weight) })
const values = [...new Set(await weight.data())]
process.stdout.write(JSON.stringify({ error, step, values, names: readdirSync(folder) }))
