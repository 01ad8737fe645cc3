import { arange, ArgumentError, type RandomOptions, randn, type Tensor, where } from '@wids/tensor'
import { checkTensors, naming } from '@wids/tensor/graph'
import { Module } from '../module/module.ts'
import { parameter } from '../module/parameter.ts'
import { checkSizes } from './sizes.ts'

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends RandomOptions {
  /** The row that starts as zeros and gets no gradient; negative from the end. Default none. */
  readonly paddingIdx?: number | undefined
}

/**
 * A table of vectors, looked up by index (`torch.nn.Embedding`). It starts standard normal.
 *
 * @example
 * const tokens = new Embedding(65, 128)
 * tokens.forward(tensor(new Int32Array([3, 1]))).shape   // [2, 128]
 */
export class Embedding extends Module {
  /** Rows of the table. */
  readonly numEmbeddings: number
  /** Channels of a row. */
  readonly embeddingDim: number
  /** The row that gets no gradient, from 0. */
  readonly paddingIdx: number | undefined
  /** [embeddings, channels] */
  weight: Tensor

  /** @throws ArgumentError for a padding row that is not in the table, ShapeError for sizes that are not whole */
  constructor(numEmbeddings: number, embeddingDim: number, { paddingIdx, ...random }: EmbeddingOptions = {}) {
    super()
    checkSizes('Embedding', { numEmbeddings, embeddingDim })
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.paddingIdx = paddingIdx === undefined ? undefined : rowOf(paddingIdx, numEmbeddings)
    const table = randn([numEmbeddings, embeddingDim], random)
    this.weight = parameter(
      this.paddingIdx === undefined ? table : where(isRow(this.paddingIdx, numEmbeddings), 0, table),
    )
  }

  /**
   * @param index [...] i32; out of range is an error when it is computed
   * @returns [..., channels]
   * @throws DTypeError for an index that is not whole
   */
  forward(index: Tensor): Tensor {
    checkTensors('Embedding', { index })
    const rows = naming('Embedding', () => this.weight.indexSelect(0, index))
    if (this.paddingIdx === undefined) return rows
    return where(index.eq(this.paddingIdx).unsqueeze(-1), rows.detach(), rows)
  }
}

function rowOf(index: number, rows: number): number {
  if (!Number.isInteger(index) || index < -rows || index >= rows)
    throw new ArgumentError('Embedding', `paddingIdx is a row of the table of ${rows}, got ${index}`)
  return index < 0 ? index + rows : index
}

/** [rows, 1] true at one row. */
const isRow = (row: number, rows: number): Tensor => arange(rows).eq(row).unsqueeze(-1)
