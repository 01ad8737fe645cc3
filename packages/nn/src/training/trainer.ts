import { grad } from '@wids/autograd'
import { ArgumentError, compile, Tensor, tensor, where, zeros } from '@wids/tensor'
import type { StateDict } from '../files/checkpoint/state.ts'
import { loadTensors } from '../module/loadTensors.ts'
import type { Module } from '../module/module.ts'
import { GradientSum } from '../optimizers/accumulation.ts'
import type { WeightAverage } from '../optimizers/averaging.ts'
import { clipGradNorm, clipGradValue, gradNorm } from '../optimizers/clip.ts'
import type { Optimizer, Rate } from '../optimizers/optimizer.ts'
import { keepUnless, restoreUnless, valuesOf } from './keepUnless.ts'
import { type Measured, meanOf, measure, type Objective } from './objective.ts'
import { GradScaler } from './precision/gradScaler.ts'
import type { Precision } from './precision/inPrecision.ts'
import { readStep, type StepReport, type StepValues } from './report.ts'

/** Options of `Trainer`, and of `fit`. */
export interface TrainerOptions<Model extends Module, Batch> {
  /** The loss of a batch [], or an object of `loss` and metrics. It is traced once for each shape of batch. */
  readonly loss: Objective<Model, Batch>
  /** Its parameters are those that are trained. */
  readonly optimizer: Optimizer<Rate, string>
  /** The learning rate at a step, counted from 0. Default: that of the optimizer. */
  readonly schedule?: ((step: number) => number) | undefined
  /** Highest norm of the gradient, or that of the whole and of an element. Default: it is not clipped. */
  readonly clip?: number | { readonly norm?: number | undefined; readonly value?: number | undefined } | undefined
  /** An average of the weights that follows each step. */
  readonly ema?: WeightAverage | undefined
  /** What weights and activations are stored in; the optimizer keeps f32. Default 'f32'. */
  readonly precision?: Precision | undefined
  /** Scales the loss. Default: a `GradScaler` for 'f16', none otherwise. */
  readonly scaler?: GradScaler | false | undefined
  /** Steps in a row that may be skipped before the run fails. Default 5. */
  readonly maxSkipped?: number | undefined
}

/** A step that has started. */
export interface TakenStep {
  /** Steps so far, this one included. */
  readonly step: number
  /** What is known of it, as tensors that are being computed. */
  readonly values: StepValues
  /**
   * Waits for the step.
   *
   * @throws DivergedError if it is one too many in a row that was skipped
   */
  read(): Promise<StepReport>
}

/**
 * Takes the steps of a training run as compiled programs: loss, gradients, clipping, the optimizer. A step whose loss or
 * gradient norm is not finite changes nothing; after `maxSkipped` of them in a row none does any more, and reading one is
 * an error. Nothing is read to decide it.
 *
 * @example
 * const trainer = new Trainer(model, { loss: (model, [x, y]) => crossEntropy(model.forward(x), y), optimizer, clip: 1 })
 * for await (const batch of loader) console.log((await trainer.step(batch).read()).loss)
 */
export class Trainer<Model extends Module, Batch> {
  /** What is trained. */
  readonly model: Model
  /** As given. */
  readonly options: TrainerOptions<Model, Batch>
  /** What scales the loss; undefined if it is not scaled. */
  readonly scaler: GradScaler | undefined
  /** What weights and activations are stored in. */
  readonly precision: Precision
  readonly #maxSkipped: number
  /** i32 [], steps up to now that changed nothing, one after the other. */
  readonly #skippedInRow = zeros([], 'i32')
  #steps = 0
  #sum: GradientSum | undefined

  /** @throws ArgumentError unless `maxSkipped` is positive */
  constructor(model: Model, options: TrainerOptions<NoInfer<Model>, Batch>) {
    const { precision = 'f32', scaler = precision === 'f16' ? new GradScaler() : false, maxSkipped = 5 } = options
    if (!(maxSkipped >= 1)) throw new ArgumentError('fit', `maxSkipped is at least 1, got ${maxSkipped}`)
    this.model = model
    this.options = options
    this.precision = precision
    this.scaler = scaler === false ? undefined : scaler
    this.#maxSkipped = maxSkipped
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps
  }

  /** Starts a step over a batch, or over several whose gradients are averaged, and does not wait for it. */
  step(...batches: readonly [Batch, ...Batch[]]): TakenStep {
    const { schedule, optimizer } = this.options
    const lr = schedule === undefined ? optimizer.lr : tensor(schedule(this.#steps))
    const values = batches.length === 1 ? this.#whole(batches[0], lr) : this.#accumulated(batches, lr)
    const step = ++this.#steps
    return { step, values, read: () => readStep(step, values, this.#maxSkipped) }
  }

  /** For a checkpoint: steps so far, those skipped in a row, and the state of `scaler` and `ema`. */
  stateDict(): StateDict {
    return { steps: this.#steps, ...this.#tensors() }
  }

  /** @throws ArgumentError that lists what is missing, unexpected or of another shape */
  loadStateDict({ steps, ...tensors }: StateDict): void {
    if (typeof steps !== 'number' || !Number.isSafeInteger(steps) || steps < 0)
      throw new ArgumentError('Trainer', `steps is a whole number, got ${JSON.stringify(steps)}`)
    loadTensors('Trainer', this.#tensors(), tensors as Record<string, Tensor>, true)
    this.#steps = steps
  }

  #tensors(): Record<string, Tensor> {
    const parts = { scaler: this.scaler, ema: this.options.ema }
    const inner = Object.entries(parts).flatMap(([part, holder]) =>
      Object.entries(holder?.stateDict() ?? {}).map(([name, value]) => [`${part}.${name}`, value] as const),
    )
    return { skippedInRow: this.#skippedInRow, ...Object.fromEntries(inner) }
  }

  readonly #whole = compile((batch: Batch, lr: Tensor): StepValues => {
    const before = valuesOf(this.model.buffers())
    const { measured, gradients } = this.#gradients(batch)
    return this.#update(measured, gradients, before, lr)
  })

  #accumulated(batches: readonly Batch[], lr: Tensor): StepValues {
    this.#sum ??= new GradientSum(this.options.optimizer.parameters)
    const before = valuesOf(this.model.buffers())
    const parts = batches.map(batch => this.#add(batch))
    return this.#finish(parts, before, lr)
  }

  readonly #add = compile((batch: Batch): Measured => {
    const { measured, gradients } = this.#gradients(batch)
    this.#sum!.add(gradients)
    return measured
  })

  readonly #finish = compile((parts: readonly Measured[], before: readonly Tensor[], lr: Tensor): StepValues =>
    this.#update(meanOf(parts), this.#sum!.takeMean(), before, lr),
  )

  /** Loss and metrics of a batch, and the gradients of the scaled loss. */
  #gradients(batch: Batch): { readonly measured: Measured; readonly gradients: Tensor[] } {
    const measured = measure(this.model, this.options.loss, batch, this.precision)
    const { loss } = measured
    const gradients = grad(this.scaler?.scale(loss) ?? loss, this.options.optimizer.parameters)
    return { measured, gradients: [...gradients] }
  }

  /**
   * Assigns what a step changes, or nothing unless it is finite.
   *
   * @param scaled gradients of the scaled loss
   * @param before values of the model's buffers
   */
  #update({ loss, metrics }: Measured, scaled: readonly Tensor[], before: readonly Tensor[], lr: Tensor): StepValues {
    const { optimizer, ema, schedule } = this.options
    const { gradients, norm } = this.#clipped(this.scaler?.unscale(scaled) ?? scaled)
    const finite = loss.isFinite().and(norm.isFinite())
    const taken = finite.and(this.#skippedInRow.lt(this.#maxSkipped))
    const averages = Object.values(ema?.stateDict() ?? {})
    keepUnless(taken, [...optimizer.parameters, ...Object.values(optimizer.stateDict()), ...averages], () => {
      if (schedule !== undefined) optimizer.setLearningRate(lr)
      optimizer.step(gradients)
      ema?.update()
    })
    restoreUnless(taken, this.model.buffers(), before)
    const scale = this.scaler === undefined ? undefined : new Tensor(this.scaler.factor.node)
    this.#count(taken)
    this.scaler?.update(finite)
    return { loss, lr, norm, metrics, scale, skipped: taken.logicalNot(), skippedInRow: this.#skippedInRow }
  }

  /** An overflow that a smaller scale may cure does not count. */
  #count(taken: Tensor): void {
    const counts = this.scaler === undefined ? 1 : this.scaler.factor.le(1).to('i32')
    this.#skippedInRow.assign(where(taken, 0, this.#skippedInRow.add(counts)).to('i32'))
  }

  #clipped(gradients: readonly Tensor[]): { readonly gradients: readonly Tensor[]; readonly norm: Tensor } {
    const { clip } = this.options
    const { norm: maxNorm, value } = typeof clip === 'number' ? { norm: clip, value: undefined } : (clip ?? {})
    const { gradients: within, norm } =
      maxNorm === undefined ? { gradients, norm: gradNorm(gradients) } : clipGradNorm(gradients, maxNorm)
    return { gradients: value === undefined ? within : clipGradValue(within, value), norm }
  }
}
