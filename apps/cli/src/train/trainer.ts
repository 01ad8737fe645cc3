import { grad } from '@wids/autograd'
import { clipGradNorm, cosineSchedule, crossEntropy } from '@wids/nn'
import { arange, compile, randint, type Tensor, tensor } from '@wids/tensor'
import type { Run } from './run.ts'

/** Takes the next step of a run and gives its loss, which need not be read. */
export function makeTrainer({ model, optimizer, trainingTokens, config }: Run): (step: number) => Tensor {
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
    optimizer.step(clipGradNorm(grad(loss, parameters), clip).gradients)
    return loss
  })
  return step => update(sample(), tensor(schedule(step)))
}
