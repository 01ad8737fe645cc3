/** Saves checkpoint after checkpoint of ever more steps in FOLDER, going on from what is there: `node saveForever.ts FOLDER`. */
import { setDevice } from '@wids/tensor'
import { latestCheckpoint, loadCheckpoint, saveCheckpoint } from '../../src/index.ts'
import { countingRun } from './countingRun.ts'

setDevice('reference')
const [folder = ''] = process.argv.slice(2)
const run = countingRun()
let step = (await latestCheckpoint(folder)) === undefined ? 0 : (await loadCheckpoint(folder, run.parts)).step
process.stdout.write('ready\n')
for (;;) {
  step++
  run.count(step)
  await saveCheckpoint(folder, run.parts, { step, metric: step % 10, keep: 2, keepBest: 'max' })
  process.stdout.write(`${step}\n`)
}
