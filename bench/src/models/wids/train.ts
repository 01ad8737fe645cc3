import { grad } from '@wids/autograd'
import { AdamW, clipGradNorm, crossEntropy } from '@wids/nn'
import { compile, tensor, type Tensor } from '@wids/tensor'
import { type Batch, cycle, toBatch } from '../../batches.ts'
import type { Prepared, TrainTask } from '../../tasks.ts'
import type { Training } from '../../workloads.ts'
import { modelOf } from './gpt.ts'

function optimizerOf(parameters: readonly Tensor[], training: Training): AdamW {
  const { lr, beta1, beta2, eps, weightDecay } = training
  const groups = [{ parameters: parameters.filter(parameter => parameter.rank < 2), weightDecay: 0 }]
  return new AdamW(parameters, { lr, betas: [beta1, beta2], eps, weightDecay, groups })
}

type Step = (x: Tensor, y: Tensor) => Tensor

async function prepare(task: TrainTask, wrap: (step: Step) => Step): Promise<Prepared> {
  const { recipe, training } = task
  const model = modelOf(recipe, task.weights)
  const parameters = model.parameters()
  const optimizer = optimizerOf(parameters, training)
  const step = wrap((x, y) => {
    const loss = crossEntropy(model.forward(x).flatten(0, 1), y.flatten())
    optimizer.step(clipGradNorm(grad(loss, parameters), training.clip).gradients)
    return loss
  })
  const next = cycle(task.batches.map(ids => toBatch(ids, recipe)))
  const shape = [recipe.batch, recipe.context]
  const advance = ({ x, y }: Batch): Tensor => step(tensor(x, { shape }), tensor(y, { shape }))
  const check: number[] = []
  for (let i = 0; i < 3; i++) check.push(await advance(next()).item())
  const run = async (count: number): Promise<void> => {
    for (let i = 1; i < count; i++) advance(next())
    await advance(next()).item()
  }
  return { check, run }
}

/** The step replayed as one program. */
export const prepareCompiled = (task: TrainTask): Promise<Prepared> => prepare(task, compile)

/** The same loop without `compile`. */
export const preparePlain = (task: TrainTask): Promise<Prepared> => prepare(task, step => step)
