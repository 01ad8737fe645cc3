import {
  arange,
  ArgumentError,
  concat,
  type RandomOptions,
  ShapeError,
  stack,
  tensor,
  Tensor,
  zeros,
} from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { uniform } from '../../initialisers/distributions.ts'
import { Module } from '../../module/module.ts'
import { parameter } from '../../module/parameter.ts'
import { dropout } from '../dropout.ts'
import type { Cell, CellState, CellWeights } from './cells.ts'
import { scan } from './scan.ts'

/** Options of {@link LSTM}, {@link GRU} and {@link RNN}. */
export interface RecurrentOptions extends RandomOptions {
  /** Layers on top of each other. Default 1. */
  readonly numLayers?: number | undefined
  /** Whether there are biases. Default true. */
  readonly bias?: boolean | undefined
  /** Whether inputs are [batch, time, in] rather than [time, batch, in]. Default false. */
  readonly batchFirst?: boolean | undefined
  /** Dropout between layers, in training. Default 0. */
  readonly dropout?: number | undefined
  /** Whether a second set of layers reads backwards. Default false. */
  readonly bidirectional?: boolean | undefined
}

/** What is known of the sequences of one call. */
export interface SequenceOptions {
  /** Length of each sequence; behind it outputs are 0, and the last state is that at its end. Default: all of them. */
  readonly lengths?: Tensor | readonly number[] | undefined
}

/**
 * What RNN, LSTM and GRU share: layers, directions, lengths. Weights are named as in PyTorch (`weight_ih_l0`,
 * `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `…_reverse`) and start uniform in ±1/√hiddenSize.
 */
export abstract class Recurrent extends Module {
  /** Size of the last axis of inputs. */
  readonly inputSize: number
  /** Size of the state of a cell. */
  readonly hiddenSize: number
  /** Layers on top of each other. */
  readonly numLayers: number
  /** Whether inputs are [batch, time, in] rather than [time, batch, in]. */
  readonly batchFirst: boolean
  /** Probability of dropout between layers, in training. */
  readonly dropout: number
  /** Whether a second set of layers reads backwards. */
  readonly bidirectional: boolean
  readonly #weights: readonly CellWeights[]
  readonly #cell: Cell
  /** Sizes of the tensors in the state of a cell; the first is that of the output. */
  readonly #sizes: readonly number[]

  /** @param options `projSize`: size of the outputs, if it is not that of the cells */
  protected constructor(
    cell: { readonly rule: Cell; readonly gates: number; readonly parts: number },
    inputSize: number,
    hiddenSize: number,
    {
      numLayers = 1,
      bias = true,
      batchFirst = false,
      bidirectional = false,
      projSize = 0,
      ...rest
    }: RecurrentOptions & { readonly projSize?: number | undefined },
  ) {
    super()
    const { dropout: p = 0, ...random } = rest
    if (!(Number.isSafeInteger(numLayers) && numLayers > 0 && hiddenSize > 0))
      throw new ArgumentError('Recurrent', `sizes are positive integers, got ${hiddenSize} and ${numLayers} layers`)
    if (!(Number.isSafeInteger(projSize) && projSize >= 0 && projSize < hiddenSize))
      throw new ArgumentError('Recurrent', `projSize is a whole number below ${hiddenSize}, got ${projSize}`)
    this.inputSize = inputSize
    this.hiddenSize = hiddenSize
    this.numLayers = numLayers
    this.batchFirst = batchFirst
    this.dropout = p
    this.bidirectional = bidirectional
    this.#cell = cell.rule
    this.#sizes = Array.from({ length: cell.parts }, (_, part) => (part === 0 && projSize > 0 ? projSize : hiddenSize))
    this.#weights = Array.from({ length: numLayers * this.#directions }, (_, at) =>
      this.#makeWeights(at, cell.gates * hiddenSize, bias, random),
    )
  }

  /** The weights of one layer in one direction, which become fields of PyTorch's names. */
  #makeWeights(at: number, rows: number, bias: boolean, random: RandomOptions): CellWeights {
    const layer = Math.floor(at / this.#directions)
    const suffix = `l${layer}${at % this.#directions === 1 ? '_reverse' : ''}`
    const out = this.#sizes[0]!
    const into = layer === 0 ? this.inputSize : out * this.#directions
    const bound = 1 / Math.sqrt(this.hiddenSize)
    const make = (name: string, shape: readonly number[]): Tensor => {
      const made = parameter(uniform(shape, -bound, bound, random))
      Object.assign(this, { [`${name}_${suffix}`]: made })
      return made
    }
    return {
      inputs: make('weight_ih', [rows, into]),
      hidden: make('weight_hh', [rows, out]),
      inputBias: bias ? make('bias_ih', [rows]) : undefined,
      hiddenBias: bias ? make('bias_hh', [rows]) : undefined,
      projection: out === this.hiddenSize ? undefined : make('weight_hr', [out, this.hiddenSize]),
    }
  }

  get #directions(): number {
    return this.bidirectional ? 2 : 1
  }

  /**
   * Runs all layers.
   *
   * @param state tensors [layers · directions, batch, hidden], the first of the output's size; zeros by default
   * @returns the outputs of the last layer, and the state of all of them after the last time
   */
  protected run(
    input: Tensor,
    state: readonly Tensor[] | undefined,
    { lengths }: SequenceOptions,
  ): { readonly output: Tensor; readonly state: readonly Tensor[] } {
    checkTensors(this.constructor.name, { input })
    if (state !== undefined) checkTensors(this.constructor.name, state)
    if (input.rank === 2) return this.#runOne(input, state, { lengths })
    const x = this.#timeFirst(input) // [time, batch, in]
    const [times, batch] = [x.shape[0]!, x.shape[1]!]
    const starts = this.#startsOf(state, batch, x)
    const present = lengths === undefined ? undefined : presence(lengths, times, batch)
    const ends: CellState[] = []
    let output = x
    for (let layer = 0; layer < this.numLayers; layer++) {
      const given = layer === 0 ? output : dropout(output, this.dropout, { training: this.training })
      const passes = Array.from({ length: this.#directions }, (_, direction) => {
        const at = layer * this.#directions + direction
        return scan(this.#cell, this.#weights[at]!, given, starts[at]!, present, direction === 1)
      })
      output = concat(
        passes.map(pass => pass.output),
        -1,
      ) // [time, batch, directions · out]
      ends.push(...passes.map(pass => pass.state))
    }
    const last = this.#sizes.map((_, part) => stack(ends.map(end => end[part]!)))
    return { output: this.batchFirst ? output.transpose(0, 1) : output, state: last }
  }

  /** A single sequence [time, in], whose state is [layers · directions, hidden]. */
  #runOne(
    input: Tensor,
    state: readonly Tensor[] | undefined,
    options: SequenceOptions,
  ): { readonly output: Tensor; readonly state: readonly Tensor[] } {
    const axis = this.batchFirst ? 0 : 1
    const batched = state?.map(part => part.unsqueeze(1))
    const result = this.run(input.unsqueeze(axis), batched, options)
    return { output: result.output.squeeze(axis), state: result.state.map(part => part.squeeze(1)) }
  }

  #timeFirst(input: Tensor): Tensor {
    if (input.rank !== 3 || input.shape[2] !== this.inputSize || input.shape[this.batchFirst ? 1 : 0] === 0)
      throw new ShapeError(
        this.constructor.name,
        `${this.batchFirst ? '[batch, time' : '[time, batch'}, ${this.inputSize}] is needed, got [${input.shape.join(', ')}]`,
        [input.shape],
      )
    return this.batchFirst ? input.transpose(0, 1) : input
  }

  /** The state that each layer and direction starts with. */
  #startsOf(state: readonly Tensor[] | undefined, batch: number, x: Tensor): CellState[] {
    const shapes = this.#sizes.map(size => [this.#weights.length, batch, size])
    for (const [i, part] of (state ?? []).entries())
      if (String(part.shape) !== String(shapes[i]))
        throw new ShapeError(
          this.constructor.name,
          `a state is [${shapes[i]?.join(', ')}], got [${part.shape.join(', ')}]`,
          [part.shape],
        )
    const parts = state ?? shapes.map(shape => zeros(shape, x.dtype))
    return this.#weights.map((_, i) => parts.map(part => part.at(i)))
  }
}

/** bool [time, batch, 1]: time < length */
function presence(lengths: Tensor | readonly number[], times: number, batch: number): Tensor {
  const each = lengths instanceof Tensor ? lengths.to('i32') : tensor(Int32Array.from(lengths))
  if (each.size !== batch)
    throw new ShapeError('lengths', `one length for each of ${batch} sequences is needed, got ${each.size}`, [
      each.shape,
    ])
  return arange(times)
    .to('i32')
    .unsqueeze(-1)
    .lt(each.reshape([1, batch]))
    .unsqueeze(-1)
}
