import { generate } from '@wids/transformer'
import { setImmediate } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { evaluate } from './evaluate.ts'
import { type Progress, trainingProgress } from './progress.ts'
import type { TrainOptions } from './recipe.ts'
import { continueRun, type Run, saveRun, startRun } from './run.ts'
import { makeTrainer, type StepResult } from './trainer.ts'

/** `wids train`: trains, saves, and says how good the model is and how it writes. */
export async function train(options: TrainOptions, terminal: Terminal): Promise<number> {
  const { err, out, interrupted } = terminal
  const run = await (options.resume === undefined ? startRun(options) : continueRun(options.resume, options.steps))
  err.write(`${describe(run)}\n`)
  await takeSteps(run, options.saveEvery, terminal)
  const heldOutLoss = interrupted.aborted ? NaN : await evaluate(run.model, run.heldOut)
  if (interrupted.aborted) {
    err.write(`stopped after ${run.step} steps; continue with: wids train --resume ${run.folder}\n`)
    return 130
  }
  const sample = await sampleOf(run, options.sample)
  const { folder: checkpoint, step } = run
  if (options.json === true)
    out.write(`${JSON.stringify({ schema: 1, checkpoint, steps: step, heldOutLoss, sample })}\n`)
  else out.write(`${report(heldOutLoss, sample, checkpoint)}\n`)
  return 0
}

/** Trains to the end, or until the user interrupts, saving now and then. */
async function takeSteps(run: Run, saveEvery: number, terminal: Terminal): Promise<void> {
  const { steps, batch } = run.config.recipe
  const tokensPerStep = batch * run.config.model.context
  const progress = trainingProgress(terminal, { firstStep: run.step, steps, tokensPerStep })
  try {
    await stepThrough(run, saveEvery, progress, terminal.interrupted)
  } finally {
    progress.finish()
  }
}

async function stepThrough(run: Run, saveEvery: number, progress: Progress, interrupted: AbortSignal): Promise<void> {
  const takeStep = makeTrainer(run)
  let last: StepResult | undefined
  let saved = run.step === 0 ? -1 : run.step
  const save = async (): Promise<void> => {
    if (last !== undefined) await finiteLoss(last, run.step)
    await saveRun(run)
    saved = run.step
  }
  while (run.step < run.config.recipe.steps && !interrupted.aborted) {
    last = takeStep(run.step++)
    await setImmediate() // so that Ctrl-C gets a hearing
    // Reading a loss waits for its step, so not every one is read.
    if (progress.isDue(run.step)) progress.report(run.step, await finiteLoss(last, run.step))
    if (run.step % saveEvery === 0) await save()
  }
  if (saved !== run.step) await save()
}

/** The loss of a step; what diverged is not worth saving over what was there. */
async function finiteLoss({ loss, norm }: StepResult, step: number): Promise<number> {
  const [value, length] = await Promise.all([loss.item(), norm.item()])
  if (Number.isFinite(value) && Number.isFinite(length)) return value
  throw new Failure(
    `training diverged: at step ${step} the loss is ${value}, its gradient ${length} long; begin again with a lower --lr`,
  )
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
