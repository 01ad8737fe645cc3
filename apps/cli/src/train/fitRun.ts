import { checkpoints, cosineSchedule, crossEntropy, DivergedError, fit, type Training } from '@wids/nn'
import { progress } from '@wids/nn/node'
import { arange, compile, randint, type Tensor, tensor } from '@wids/tensor'
import type { GPT } from '@wids/transformer'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import type { Run } from './run.ts'

/** Trains to the end, or until the user interrupts, saving now and then; says how it went. */
export async function fitRun(run: Run, saveEvery: number, { err, interrupted }: Terminal): Promise<Training<GPT>> {
  const { model, optimizer, config, folder, resume } = run
  const { steps, batch, lr: peak, minLr: end, warmup, clip } = config.recipe
  const { context } = config.model
  const pace = { unit: 'tokens', perStep: batch * context }
  try {
    return await fit(model, {
      loss: lossOf,
      optimizer,
      schedule: cosineSchedule({ peak, end, warmup, steps }),
      clip,
      data: sequences(run.trainingTokens, batch, context),
      steps,
      resume,
      signal: interrupted,
      callbacks: [progress({ stream: err, pace }), checkpoints(folder, { every: saveEvery })],
    })
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error
    const { step, loss, norm } = error
    throw new Failure(
      `training diverged: at step ${step} the loss is ${loss}, its gradient ${norm} long; begin again with a lower --lr`,
    )
  }
}

/** The mean loss of every token of sequences, given those before it: i32 [batch, context + 1] → [] */
function lossOf(model: GPT, rows: Tensor): Tensor {
  const context = rows.shape[1]! - 1
  const logits = model.forward(rows.narrow(1, 0, context)) // [batch, context, vocabSize]
  return crossEntropy(logits.flatten(0, 1), rows.narrow(1, 1, context).flatten())
}

/** Sequences from random places, and behind each the token that follows: i32 [batch, context + 1], without end */
function* sequences(tokens: Int32Array, batch: number, context: number): Generator<Tensor> {
  const corpus = tensor(tokens)
  const sample = compile(() => {
    const starts = randint(0, corpus.size - context, [batch, 1])
    return corpus.indexSelect(0, starts.add(arange(context + 1)))
  })
  for (;;) yield sample()
}
