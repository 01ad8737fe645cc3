import { generate } from '@wids/transformer'
import type { Terminal } from '../terminal.ts'
import { evaluate } from './evaluate.ts'
import { fitRun } from './fitRun.ts'
import type { TrainOptions } from './recipe.ts'
import { continueRun, type Run, startRun } from './run.ts'

/** `wids train`: trains, saves, and says how good the model is and how it writes. */
export async function train(options: TrainOptions, terminal: Terminal): Promise<number> {
  const { err, out, interrupted } = terminal
  const run = await (options.resume === undefined ? startRun(options) : continueRun(options.resume, options.steps))
  err.write(`${describe(run)}\n`)
  const { step } = await fitRun(run, options.saveEvery, terminal)
  const heldOutLoss = interrupted.aborted ? NaN : await evaluate(run.model, run.heldOut)
  if (interrupted.aborted) {
    err.write(`stopped after ${step} steps; continue with: wids train --resume ${run.folder}\n`)
    return 130
  }
  const sample = await sampleOf(run, options.sample)
  const checkpoint = run.folder
  if (options.json === true)
    out.write(`${JSON.stringify({ schema: 1, checkpoint, steps: step, heldOutLoss, sample })}\n`)
  else out.write(`${report(heldOutLoss, sample, checkpoint)}\n`)
  return 0
}

function describe({ config, tokenizer, model, trainingTokens, heldOut, folder, step }: Run): string {
  const count = (n: number): string => n.toLocaleString('en')
  const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0)
  const begin = step === 0 ? '' : `, from step ${count(step)}`
  return (
    `${count(trainingTokens.length)} tokens to train on, ${count(heldOut.length)} held out, vocabulary of ${count(tokenizer.vocabSize)}\n` +
    `GPT of ${count(parameters)} parameters, ${count(config.recipe.steps)} steps${begin}, into ${folder}`
  )
}

/** Text that the model writes after a new line, or after its first token where the vocabulary has none. */
async function sampleOf({ model, tokenizer, config }: Run, maxTokens: number): Promise<string> {
  const ids: number[] = []
  const start = tokenizer.tokenToId('\n') ?? 0
  for await (const id of generate(model, [start], { maxTokens, temperature: 0.8, seed: config.recipe.seed }))
    ids.push(id)
  return tokenizer.decode(ids)
}

function report(heldOutLoss: number, sample: string, checkpoint: string): string {
  const text = sample === '' ? '' : `\n${sample}\n`
  return `loss on the held-out tenth: ${heldOutLoss.toFixed(4)} nats a token\n${text}\ncheckpoint: ${checkpoint}`
}
