import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Model, models, prepareOf } from './models/index.ts'
import { type Reply, replyDescriptor, type Request } from './protocol.ts'
import type { Prepare, Prepared, Task } from './tasks.ts'

const model = process.argv[2] as Model
if (!Object.hasOwn(models, model)) throw new Error(`there is no library '${model}'`)

let prepared: Prepared | undefined

async function answer(request: Request): Promise<Reply> {
  if (request.ask === 'prepare') {
    const prepare = (await prepareOf(model, request.task.kind)) as Prepare<Task['kind']>
    prepared = undefined
    prepared = await prepare(request.task)
    return { check: prepared.check }
  }
  if (prepared === undefined) throw new Error('a round was asked for before a task')
  const start = performance.now()
  await prepared.run(request.count)
  return { seconds: (performance.now() - start) / 1000 }
}

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line) as Request).catch((error: unknown): Reply => ({ error: String(error) }))
  writeSync(replyDescriptor, `${JSON.stringify(reply)}\n`)
}
process.exit() // libraries may have left workers running
