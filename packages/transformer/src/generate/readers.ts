import { compile, type Tensor, tensor } from '@wids/tensor'
import type { KeyValueCache } from '../gpt.ts'
import { closeSession, openSession } from './session.ts'

/** A model whose logits depend on earlier tokens only, and what generation needs of it; `GPT` is one. */
export interface CausalModel {
  /** Whether layers such as dropout act as in training. */
  readonly training: boolean
  /** Sets training mode. */
  train(mode: boolean): unknown
  /** Trained tensors: other ones need another trace. */
  parameters(): readonly Tensor[]
  /** Number of token ids, and of positions that the model can see. */
  readonly config: { readonly vocabSize: number; readonly context: number }
  /** i32 [batch, time] → [batch, time, vocabSize] */
  forward(ids: Tensor): Tensor
  /** A cache of no tokens, for `batch` sequences. Default 1. */
  emptyCache(batch?: number): KeyValueCache
  /** i32 [batch, time] → logits [batch, vocabSize] behind the last of `count` tokens, and the cache with them. */
  extend(ids: Tensor, cache: KeyValueCache, count?: Tensor): { logits: Tensor; cache: KeyValueCache }
}

/** Reads a text that grows. */
export interface Reader {
  /** The logits [vocabSize] of what follows these tokens. */
  readonly read: (tokens: readonly number[]) => Promise<ArrayLike<number>>
  /** Leaves what it used to the next reader. */
  readonly close: () => void
}

/**
 * The first token that the model still sees. When the context is full, its older half is forgotten at once, so that a
 * cache serves the next half of a context.
 */
export function firstVisible(length: number, context: number): number {
  const half = Math.ceil(context / 2)
  return length <= context ? 0 : Math.ceil((length - context) / half) * half
}

/** Reads only what is new; what came before is in the cache. */
export function cachedReader(model: CausalModel): Reader {
  const { context } = model.config
  const session = openSession(model)
  let [first, known] = [0, 0] // the cache holds tokens first … known - 1
  return {
    read: tokens => {
      const start = firstVisible(tokens.length, context)
      if (start !== first) [first, known] = [start, start]
      const fresh = tokens.slice(known)
      const ids = row(fresh, paddedLength(fresh.length, context))
      const position = scalar(known - first)
      known = tokens.length
      return inEvaluation(model, () => session.step(ids, scalar(fresh.length), position)).data()
    },
    close: () => closeSession(model, session),
  }
}

/** Reads everything again; the definition of what a cache must give. */
export function fullReader(model: CausalModel): Reader {
  const { context } = model.config
  const forward = compile((ids: Tensor, last: Tensor) => model.forward(ids).indexSelect(1, last))
  return {
    read: tokens => {
      const visible = tokens.slice(firstVisible(tokens.length, context))
      const last = tensor(new Int32Array([visible.length - 1]))
      return inEvaluation(model, () => forward(row(visible, context), last)).data()
    },
    close: () => undefined,
  }
}

/** Runs `body` without dropout, whatever the mode of the model. */
function inEvaluation<T>(model: CausalModel, body: () => T): T {
  if (!model.training) return body()
  model.train(false)
  try {
    return body()
  } finally {
    model.train(true)
  }
}

/** A power of two, so that prompts of all lengths share a few programs; one token alone is a program of its own. */
const paddedLength = (length: number, context: number): number =>
  length === 1 ? 1 : Math.min(context, 2 ** Math.ceil(Math.log2(length)))

/** i32 [1, length], zeros behind the ids */
const row = (ids: readonly number[], length: number): Tensor => {
  const padded = new Int32Array(length)
  padded.set(ids)
  return tensor(padded, { shape: [1, length] })
}

/** i32 [] */
const scalar = (value: number): Tensor => tensor(new Int32Array([value]), { shape: [] })
