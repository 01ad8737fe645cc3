import { ArgumentError, type Generator, Tensor, zeros } from '@wids/tensor'
import { uniform } from '../initialisers/distributions.ts'
import { onForward } from '../inspection/forwardHooks.ts'
import { dropout } from '../layers/dropout.ts'
import { Linear } from '../layers/linear.ts'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'

/** Options of {@link Lora}; names in brackets are those of PEFT's configuration. */
export interface LoraOptions {
  /** Linear layers by their path in the model: those that it matches, or that end with one of these names. */
  readonly targets: RegExp | readonly string[]
  /** Numbers between the two matrices [r]. Default 8. */
  readonly rank?: number | undefined
  /** The update counts alpha / rank times [lora_alpha]. Default 8. */
  readonly alpha?: number | undefined
  /** Probability with which inputs of adapters are dropped in training [lora_dropout]. Default 0. */
  readonly dropout?: number | undefined
  /** Whether it counts alpha / √rank times (Kalajdzievski, 2023) [use_rslora]. Default false. */
  readonly rankStabilized?: boolean | undefined
  /** What stands before paths in files, such as 'transformer.' for GPT-2 of Hugging Face. Default ''. */
  readonly prefix?: string | undefined
  /** Where random numbers come from. Default: the default generator, which `manualSeed` seeds. */
  readonly generator?: Generator | undefined
}

/** The matrices of one layer: A [rank, in] and B [out, rank]. */
interface Adapter {
  readonly lora_A: { readonly weight: Tensor }
  readonly lora_B: { readonly weight: Tensor }
}

/** A layer and what is added to it. */
interface Place {
  readonly linear: Linear
  readonly adapter: Adapter
}

/**
 * Low-rank adapters of linear layers (Hu et al., "LoRA", 2021; `peft.LoraConfig`): y = x Wᵀ + b + s · (x Aᵀ) Bᵀ with
 * s = alpha / rank, where W and b stay as they are and A and B are trained. A starts uniform in ±1/√in and B at 0, so that
 * nothing changes at first. The model itself is not touched: adapters act within `apply`. Names of the state dict are those
 * of PEFT's files, 'base_model.model.PATH.lora_A.weight'.
 *
 * @example
 * const lora = new Lora(model, { targets: ['c_attn', 'c_proj'], rank: 4, alpha: 8 })
 * const optimizer = new AdamW(lora.parameters())
 * const step = compile((x: Tensor, y: Tensor) => {
 *   const loss = lora.apply(() => crossEntropy(model.forward(x), y))
 *   optimizer.step(grad(loss, lora.parameters()))
 *   return loss
 * })
 */
export class Lora extends Module {
  /** The matrices of each layer, A [rank, in] and B [out, rank], by its path; named as in PEFT. */
  readonly base_model: { readonly model: Readonly<Record<string, Adapter>> }
  /** Numbers between the two matrices. */
  readonly rank: number
  /** The update counts alpha / rank times. */
  readonly alpha: number
  /** Probability with which inputs of adapters are dropped in training. */
  readonly dropout: number
  /** Whether it counts alpha / √rank times. */
  readonly rankStabilized: boolean
  readonly #places: readonly Place[]
  readonly #generator: Generator | undefined
  /** The weights before they were merged. */
  #originals: readonly Tensor[] | undefined

  /** @throws ArgumentError if no linear layer is meant, the rank is not a positive integer or the dropout no probability */
  constructor(model: Module, options: LoraOptions) {
    super()
    const { targets, rank = 8, alpha = 8, dropout = 0, rankStabilized = false, prefix = '', generator } = options
    if (!(Number.isSafeInteger(rank) && rank > 0))
      throw new ArgumentError('Lora', `the rank is a positive integer, got ${rank}`)
    if (!(dropout >= 0 && dropout < 1)) throw new ArgumentError('Lora', `dropout lies in 0 … 1, got ${dropout}`)
    const places = linearsOf(model, targets).map(
      ([path, linear]) => [prefix + path, { linear, adapter: createAdapter(linear, rank, generator) }] as const,
    )
    this.rank = rank
    this.alpha = alpha
    this.dropout = dropout
    this.rankStabilized = rankStabilized
    this.base_model = { model: Object.fromEntries(places.map(([path, { adapter }]) => [path, adapter])) }
    this.#places = places.map(([, place]) => place)
    this.#generator = generator
  }

  /** How often an update counts: alpha / rank, or alpha / √rank. */
  get scale(): number {
    return this.alpha / (this.rankStabilized ? Math.sqrt(this.rank) : this.rank)
  }

  /** Paths of the adapted layers, as in files. */
  get paths(): string[] {
    return Object.keys(this.base_model.model)
  }

  /** Whether the weights of the model hold the updates. */
  get isMerged(): boolean {
    return this.#originals !== undefined
  }

  /**
   * Runs something while the layers are adapted: their `forward` adds the updates, unless these are merged.
   *
   * @param run builds a graph; it is done when it returns, so it is not `async`
   */
  apply<Result>(run: () => Result): Result {
    if (this.isMerged) return run()
    const removers = this.#places.map(({ linear, adapter }) =>
      onForward(linear, (output, [x]) => (output as Tensor).add(this.#update(linear, adapter, x as Tensor))),
    )
    try {
      return run()
    } finally {
      for (const remove of removers) remove()
    }
  }

  /** s · (x Aᵀ) Bᵀ: [..., in] → [..., out] */
  #update({ training }: Linear, { lora_A, lora_B }: Adapter, x: Tensor): Tensor {
    const kept = dropout(x, this.dropout, { training, generator: this.#generator })
    const inner = kept.matmul(lora_A.weight.transpose()) // [..., rank]
    return inner.matmul(lora_B.weight.transpose()).mul(this.scale)
  }

  /**
   * Adds the updates to the weights: W + s · B A. From then on the model computes as fast as without adapters.
   *
   * @throws ArgumentError if they are merged already
   */
  merge(): void {
    if (this.isMerged) throw new ArgumentError('Lora', 'the adapters are merged already')
    this.#originals = this.#places.map(({ linear }) => new Tensor(linear.weight.node))
    for (const { linear, adapter } of this.#places) {
      const update = adapter.lora_B.weight.matmul(adapter.lora_A.weight).mul(this.scale) // [out, in]
      linear.weight.assign(linear.weight.add(update).to(linear.weight.dtype))
    }
  }

  /**
   * Gives the weights back that there were before `merge`, to the bit.
   *
   * @throws ArgumentError if the adapters are not merged
   */
  unmerge(): void {
    const originals = this.#originals
    if (originals === undefined) throw new ArgumentError('Lora', 'the adapters are not merged')
    for (const [i, { linear }] of this.#places.entries()) linear.weight.assign(originals[i]!)
    this.#originals = undefined
  }
}

/** The linear layers below a model that are meant. */
function linearsOf(model: Module, targets: RegExp | readonly string[]): [path: string, linear: Linear][] {
  const all = model.namedModules().filter((named): named is [string, Linear] => named[1] instanceof Linear)
  const isMeant = (path: string): boolean =>
    targets instanceof RegExp
      ? path.search(targets) >= 0
      : targets.some(name => path === name || path.endsWith(`.${name}`))
  const meant = all.filter(([path]) => path !== '' && isMeant(path))
  const known = all.map(([path]) => path).join(', ')
  if (meant.length === 0)
    throw new ArgumentError('Lora', `${String(targets)} means none of the linear layers, which are ${known || 'none'}`)
  return meant
}

function createAdapter({ inFeatures, outFeatures }: Linear, rank: number, generator: Generator | undefined): Adapter {
  const bound = 1 / Math.sqrt(inFeatures)
  return {
    lora_A: { weight: parameter(uniform([rank, inFeatures], -bound, bound, { generator })) },
    lora_B: { weight: parameter(zeros([outFeatures, rank])) },
  }
}
