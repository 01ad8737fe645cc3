import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { bundle } from './bundle.ts'
import { scratchFolder } from './scratch.ts'

const folder = scratchFolder()

it('the main job: a GPT that learns Moby Dick better than trigrams, and writes', async () => {
  const command = await bundle()
  const run = (...args: string[]) => spawnSync(process.execPath, [command, ...args], { cwd: folder, encoding: 'utf8' })
  const begin = performance.now()
  const { status, stdout, stderr } = run('train', '--json')
  const seconds = (performance.now() - begin) / 1000
  console.log(stderr, stdout, `${seconds.toFixed(0)} s`)
  expect(status).toBe(0)
  const { heldOutLoss, checkpoint } = JSON.parse(stdout) as { heldOutLoss: number; checkpoint: string }
  expect(heldOutLoss).toBeLessThan(1.9) // bigrams give 2.411, trigrams 1.965; PyTorch 1.83
  expect(run('generate', checkpoint, '--prompt', 'Call me ', '--tokens', '100').stdout.length).toBeGreaterThan(100)
})
