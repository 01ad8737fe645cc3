import { grad } from '@wids/autograd'
import { clipGradNorm, cosineSchedule, crossEntropy } from '@wids/nn'
import { arange, compile, randint, type Tensor, tensor } from '@wids/tensor'
import type { Run } from './run.ts'

/** Scalars of one step, which need not be read. */
export interface StepResult {
  readonly loss: Tensor
  /** Of the gradient, before clipping. */
  readonly norm: Tensor
}

/** A function that takes a step of a run, counted from 0. */
export function makeTrainer({ model, optimizer, trainingTokens, config }: Run): (step: number) => StepResult {
  const { steps, batch, lr: peak, minLr: end, warmup, clip } = config.recipe
  const { context } = config.model
  const corpus = tensor(trainingTokens)
  const parameters = model.parameters()
  const schedule = cosineSchedule({ peak, end, warmup, steps })

  /** Sequences from random places, and behind each the token that follows: i32 [batch, context + 1] */
  const sample = compile(() => {
    const starts = randint(0, corpus.size - context, [batch, 1])
    return corpus.indexSelect(0, starts.add(arange(context + 1)))
  })
  const update = compile((rows: Tensor, lr: Tensor) => {
    const logits = model.forward(rows.narrow(1, 0, context)) // [batch, context, vocabSize]
    const loss = crossEntropy(logits.flatten(0, 1), rows.narrow(1, 1, context).flatten())
    optimizer.setLearningRate(lr)
    const { gradients, norm } = clipGradNorm(grad(loss, parameters), clip)
    optimizer.step(gradients)
    return { loss, norm }
  })
  return step => update(sample(), tensor(schedule(step)))
}
