import { Dropout, Embedding, LayerNorm, Linear, Module } from '@wids/nn'
import { arange, ArgumentError, promote, randn, ShapeError, tensor, type Tensor, zeros } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { gptState } from './gptState.ts'
import { scaledDotProductAttention } from './scaledDotProductAttention.ts'

/** The sizes of a `GPT`. */
export interface GPTConfig {
  /** Number of token ids, 0 … vocabSize - 1. */
  readonly vocabSize: number
  /** Tokens that one sequence may have. */
  readonly context: number
  /** Blocks of attention and feed-forward. */
  readonly layers: number
  /** Attention heads; they divide the width. */
  readonly heads: number
  /** Channels of the residual stream. */
  readonly width: number
  /** Probability of every dropout. Default 0. */
  readonly dropout?: number | undefined
  /** Whether linear layers and layer norms have biases. Default true. */
  readonly bias?: boolean | undefined
  /** GELU itself, or GPT-2's approximation of it by tanh. Default 'none'. */
  readonly gelu?: 'none' | 'tanh' | undefined
}

/** What attention remembers of the tokens so far, passed in and returned; positions from `position` on are free. */
export interface KeyValueCache {
  /** Number of tokens remembered: i32 [] */
  readonly position: Tensor
  /** Keys and values of each layer: [batch, heads, context, width / heads] */
  readonly layers: readonly KeyValues[]
}
interface KeyValues {
  readonly key: Tensor
  readonly value: Tensor
}

/** Masked multi-head self-attention. */
class CausalSelfAttention extends Module {
  c_attn: Linear
  c_proj: Linear
  resid_dropout: Dropout
  readonly heads: number
  readonly dropout: number

  constructor({ width, heads, dropout = 0, bias = true }: GPTConfig) {
    super()
    this.c_attn = new Linear(width, 3 * width, { bias })
    this.c_proj = new Linear(width, width, { bias })
    this.resid_dropout = new Dropout(dropout)
    this.heads = heads
    this.dropout = dropout
  }

  /** Every token of x attends to itself and those before it. */
  forward(x: Tensor): Tensor {
    const [q, k, v] = this.#project(x)
    return this.#join(
      scaledDotProductAttention(q, k, v, { isCausal: true, dropoutP: this.training ? this.dropout : 0 }),
    )
  }

  /** The tokens of x stand at `position` and after, and attend to the cached ones too. */
  extend(x: Tensor, position: Tensor, cache: KeyValues): { output: Tensor; cache: KeyValues } {
    const [q, k, v] = this.#project(x) // [batch, heads, time, width / heads]
    const key = cache.key.sliceScatter(k, 2, position) // [batch, heads, context, width / heads]
    const value = cache.value.sliceScatter(v, 2, position)
    const heads = scaledDotProductAttention(q, key, value, { isCausal: true, offset: position })
    return { output: this.#join(heads), cache: { key, value } }
  }

  #project(x: Tensor): [Tensor, Tensor, Tensor] {
    const [batch = 0, time = 0, width = 0] = x.shape
    const parts = this.c_attn.forward(x).chunk(3, -1) // [batch, time, width] each
    const split = parts.map(part => part.reshape([batch, time, this.heads, width / this.heads]).transpose(1, 2))
    return split as [Tensor, Tensor, Tensor] // [batch, heads, time, width / heads] each
  }

  #join(heads: Tensor): Tensor {
    return this.resid_dropout.forward(this.c_proj.forward(heads.transpose(1, 2).flatten(2))) // [batch, time, width]
  }
}

/** The feed-forward network. */
class MLP extends Module {
  c_fc: Linear
  c_proj: Linear
  dropout: Dropout
  readonly gelu: 'none' | 'tanh'

  constructor({ width, dropout = 0, bias = true, gelu = 'none' }: GPTConfig) {
    super()
    this.c_fc = new Linear(width, 4 * width, { bias })
    this.c_proj = new Linear(4 * width, width, { bias })
    this.dropout = new Dropout(dropout)
    this.gelu = gelu
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.c_fc.forward(x).gelu(this.gelu))) // [batch, time, width]
  }
}

/** A layer: attention, then feed-forward, each on the normalised residual stream and added to it. */
class Block extends Module {
  ln_1: LayerNorm
  attn: CausalSelfAttention
  ln_2: LayerNorm
  mlp: MLP

  constructor(config: GPTConfig) {
    super()
    const { width, bias = true } = config
    this.ln_1 = new LayerNorm(width, { bias })
    this.attn = new CausalSelfAttention(config)
    this.ln_2 = new LayerNorm(width, { bias })
    this.mlp = new MLP(config)
  }

  forward(x: Tensor): Tensor {
    const y = x.add(this.attn.forward(this.ln_1.forward(x)))
    return y.add(this.mlp.forward(this.ln_2.forward(y)))
  }

  extend(x: Tensor, position: Tensor, past: KeyValues): { x: Tensor; cache: KeyValues } {
    const { output, cache } = this.attn.extend(this.ln_1.forward(x), position, past)
    const y = x.add(output)
    return { x: y.add(this.mlp.forward(this.ln_2.forward(y))), cache }
  }
}

/**
 * GPT (Radford et al., 2019): a decoder-only Transformer with pre-norm, learned positions, and the token embedding as
 * its output layer. Parameter names and shapes are nanoGPT's, below its `transformer.`.
 *
 * @example
 * const model = new GPT({ vocabSize: 65, context: 64, layers: 2, heads: 2, width: 32 })
 * model.forward(tensor([[1, 2, 3]], { dtype: 'i32' })).shape   // [1, 3, 65]
 */
export class GPT extends Module {
  readonly config: GPTConfig // its sizes
  wte: Embedding // tokens: [vocabSize, width], also the output layer
  wpe: Embedding // positions: [context, width]
  drop: Dropout // of the embedded tokens
  h: Block[] // the layers
  ln_f: LayerNorm // of the last layer's output

  /**
   * @throws ArgumentError unless the sizes are positive whole numbers, `heads` divides `width` and the dropout lies
   * between 0 and 1
   */
  constructor(config: GPTConfig) {
    super()
    checkConfig(config)
    this.config = config
    this.wte = new Embedding(config.vocabSize, config.width)
    this.wpe = new Embedding(config.context, config.width)
    this.drop = new Dropout(config.dropout ?? 0)
    this.h = Array.from({ length: config.layers }, () => new Block(config))
    this.ln_f = new LayerNorm(config.width, { bias: config.bias ?? true })
    this.#initialize()
  }

  /**
   * The logits of the token after each token.
   *
   * @param ids i32 [batch, time]
   * @returns [batch, time, vocabSize]
   * @throws ShapeError for more tokens than the context has; DTypeError for ids that are not whole; when it is computed,
   * ArgumentError for an id outside of the vocabulary
   */
  forward(ids: Tensor): Tensor {
    this.#checkIds(ids)
    const embedded = this.#embed(ids).add(this.wpe.weight.narrow(0, 0, ids.shape[1]!)) // [batch, time, width]
    return this.#head(this.h.reduce((x, block) => block.forward(x), this.drop.forward(embedded)))
  }

  /**
   * A cache that remembers nothing yet, of zeros.
   *
   * @param batch number of sequences
   */
  emptyCache(batch = 1): KeyValueCache {
    const { layers, heads, width, context } = this.config
    const shape = [batch, heads, context, width / heads]
    const blank = (): Tensor => tensor(new Float32Array(batch * context * width), { shape })
    return {
      position: tensor(new Int32Array([0]), { shape: [] }),
      layers: Array.from({ length: layers }, () => ({ key: blank(), value: blank() })),
    }
  }

  /**
   * Reads on after the cached tokens: the logits of the token after the last new one, and the cache with the new ones.
   * Where a compiled function assigns the new cache to the old one, only the new rows are written.
   *
   * @param ids i32 [batch, time]
   * @param cache from `emptyCache` or the call before
   * @param count i32 []: how many of the ids count, where the rest is padding; all by default
   * @returns logits [batch, vocabSize]
   * @throws as `forward`
   */
  extend(ids: Tensor, cache: KeyValueCache, count?: Tensor): { logits: Tensor; cache: KeyValueCache } {
    this.#checkIds(ids)
    const [time, { position }] = [ids.shape[1]!, cache]
    const at = arange(time)
      .add(position)
      .minimum(this.config.context - 1) // [time]
    let x = this.drop.forward(this.#embed(ids).add(this.wpe.forward(at))) // [batch, time, width]
    const layers = this.h.map((block, i) => {
      const next = block.extend(x, position, cache.layers[i]!)
      x = next.x
      return next.cache
    })
    const last = count === undefined ? x.narrow(1, time - 1, 1) : x.indexSelect(1, count.sub(1).reshape([1]))
    return { logits: this.#head(last).squeeze(1), cache: { position: position.add(count ?? time), layers } }
  }

  /**
   * As `Module.loadStateDict`; the state may also be one that nanoGPT or Hugging Face's GPT-2 saved.
   *
   * @throws ArgumentError that lists what is missing, unexpected or of another shape
   */
  override loadStateDict(
    ...[state, options]: Parameters<Module['loadStateDict']>
  ): ReturnType<Module['loadStateDict']> {
    return super.loadStateDict(gptState(state), options)
  }

  /** The tokens' vectors, as f32 at least, however weights are stored: so is what is computed of them. */
  #embed(ids: Tensor): Tensor {
    return this.wte.forward(ids).to(promote(this.wte.weight.dtype, 'f32')) // [batch, time, width]
  }

  /** Normalised, then compared with every token's embedding. */
  #head(x: Tensor): Tensor {
    return this.ln_f.forward(x).matmul(this.wte.weight.transpose()) // [batch, time, vocabSize]
  }

  /** N(0, 0.02²); what is added to the residual stream is scaled by 1/√(number of additions), as in GPT-2. */
  #initialize(): void {
    const residual = 0.02 / Math.sqrt(2 * this.config.layers)
    for (const [name, parameter] of this.namedParameters()) {
      if (name.endsWith('.bias')) parameter.assign(zeros(parameter.shape))
      else if (parameter.rank === 2)
        parameter.assign(randn(parameter.shape).mul(name.endsWith('c_proj.weight') ? residual : 0.02))
    }
  }

  #checkIds(ids: Tensor): void {
    checkTensors('GPT', { ids })
    const { context } = this.config
    if (ids.rank !== 2 || ids.shape[1]! > context)
      throw new ShapeError(
        'GPT',
        `ids are [batch, time] with at most ${context} tokens, got [${ids.shape.join(', ')}]`,
        [ids.shape],
      )
  }
}

function checkConfig({ vocabSize, context, layers, heads, width }: GPTConfig): void {
  for (const [name, n] of Object.entries({ vocabSize, context, layers, heads, width }))
    if (!Number.isInteger(n) || n < 1) throw new ArgumentError('GPT', `${name} is a positive whole number, got ${n}`)
  if (width % heads !== 0) throw new ArgumentError('GPT', `${heads} heads do not divide a width of ${width}`)
}
