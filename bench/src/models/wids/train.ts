import { grad } from '@wids/autograd'
import { AdamW, clipGradNorm, crossEntropy } from '@wids/nn'
import { compile, tensor, type Tensor } from '@wids/tensor'
import type { GPT } from '@wids/transformer'
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
const compiled = (step: Step): Step => compile(step)

/** A model with its training step on a batch, which gives the loss. */
export function trainer(
  { recipe, training, weights }: Pick<TrainTask, 'recipe' | 'training' | 'weights'>,
  wrap = compiled,
): { readonly model: GPT; readonly advance: (batch: Batch) => Tensor } {
  const model = modelOf(recipe, weights)
  const parameters = model.parameters()
  const optimizer = optimizerOf(parameters, training)
  const step = wrap((x, y) => {
    const loss = crossEntropy(model.forward(x).flatten(0, 1), y.flatten())
    optimizer.step(clipGradNorm(grad(loss, parameters), training.clip).gradients)
    return loss
  })
  const shape = [recipe.batch, recipe.context]
  return { model, advance: ({ x, y }) => step(tensor(x, { shape }), tensor(y, { shape })) }
}

async function prepare(task: TrainTask, wrap: (step: Step) => Step): Promise<Prepared> {
  const { advance } = trainer(task, wrap)
  const next = cycle(task.batches.map(ids => toBatch(ids, task.recipe)))
  const check: number[] = []
  for (let i = 0; i < 3; i++) check.push(await advance(next()).item())
  const run = async (count: number): Promise<void> => {
    for (let i = 1; i < count; i++) advance(next())
    await advance(next()).item()
  }
  return { check, run }
}

/** The step replayed as one program. */
export const prepareCompiled = (task: TrainTask): Promise<Prepared> => prepare(task, compiled)

/** The same loop without `compile`. */
export const preparePlain = (task: TrainTask): Promise<Prepared> => prepare(task, step => step)
