import type { GptSizes, Pass, Product, Recipe, Training, WeightDType } from './workloads.ts'

/** One tensor in the file of weights. */
export interface StoredTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** Bytes before it. */
  readonly offset: number
}

/** A file of f32 numbers that every library reads. */
export interface StoredTensors {
  readonly file: string
  readonly tensors: readonly StoredTensor[]
}

/** A training step: every call takes the next batch. */
export interface TrainTask {
  readonly kind: 'train'
  readonly recipe: Recipe
  readonly training: Training
  readonly weights: StoredTensors
  /** Token ids of each batch, [batch, context + 1] row by row; targets are inputs moved on by one. */
  readonly batches: readonly (readonly number[])[]
}

/** Greedy generation of `tokens` tokens behind a prompt of one. */
export interface DecodeTask {
  readonly kind: 'decode'
  /** How the weights are stored. */
  readonly dtype: WeightDType
  readonly sizes: GptSizes
  readonly weights: StoredTensors
  readonly tokens: number
  /** Ids to read one by one; the logits behind the last are what libraries must agree on. */
  readonly forced: readonly number[]
}

/** The product of the stored tensors a [m, k] and b [k, n]. */
export interface MatmulTask {
  readonly kind: 'matmul'
  readonly product: Product
  readonly weights: StoredTensors
  /** How many numbers of the first row libraries must agree on. */
  readonly checked: number
}

/** A pass over the memory of a matrix, or over all parameters of a model. */
export interface RowsTask {
  readonly kind: 'rows'
  readonly pass: Pass
  /** Bytes that the pass must read and write at least. */
  readonly bytes: number
}

/** Encoding a text with a tokenizer.json, both in files. */
export interface TokenizeTask {
  readonly kind: 'tokenize'
  readonly text: string
  readonly tokenizer: string
}

/** What a library is asked to prepare; it goes to the library's process as JSON. */
export type Task = TrainTask | DecodeTask | MatmulTask | RowsTask | TokenizeTask
export type Kind = Task['kind']
export type TaskOf<K extends Kind> = Extract<Task, { kind: K }>

/** Work that is ready to be timed. */
export interface Prepared {
  /** Numbers on which libraries must agree: they show that the same work is measured. */
  readonly check: readonly number[]
  /** Does the work `count` times and waits for its end. */
  readonly run: (count: number) => Promise<void> | void
}

/** Makes everything ready and runs the work at least once. */
export type Prepare<K extends Kind> = (task: TaskOf<K>) => Promise<Prepared>
