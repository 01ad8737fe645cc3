import { compile, type Tensor } from '@wids/tensor'
import type { CausalModel } from './readers.ts'

/** A cache of keys and values, and the compiled step that writes into it. */
export interface Session {
  /** The tensors that the step was compiled with. */
  readonly parameters: readonly Tensor[]
  /** Logits [1, vocabSize] behind `count` of ids [1, time], which stand at `position` and after. */
  readonly step: (ids: Tensor, count: Tensor, position: Tensor) => Tensor
}

/** One session of each model that nobody uses, so that the next text needs neither another cache nor another trace. */
const idle = new WeakMap<CausalModel, Session>()

/** A session for one text at a time: the idle one, unless the model has other parameters by now. */
export function openSession(model: CausalModel): Session {
  const session = idle.get(model)
  idle.delete(model)
  const parameters = model.parameters()
  const isSame =
    session?.parameters.length === parameters.length && parameters.every((p, i) => p === session.parameters[i])
  return isSame ? session : makeSession(model, parameters)
}

/** Leaves a session to the next text. */
export const closeSession = (model: CausalModel, session: Session): void => void idle.set(model, session)

function makeSession(model: CausalModel, parameters: readonly Tensor[]): Session {
  const { layers } = model.emptyCache()
  const step = compile((ids: Tensor, count: Tensor, position: Tensor) => {
    const { logits, cache } = model.extend(ids, { position, layers }, count)
    layers.forEach(({ key, value }, i) => {
      key.assign(cache.layers[i]!.key)
      value.assign(cache.layers[i]!.value)
    })
    return logits
  })
  return { parameters, step }
}
