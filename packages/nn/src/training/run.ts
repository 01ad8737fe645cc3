import { ArgumentError, defaultGenerator, type Generator } from '@wids/tensor'
import type { Cursor } from '../data/loader.ts'
import type { StateDict, Stateful } from '../files/checkpoint/state.ts'
import type { Module } from '../module/module.ts'
import type { Optimizer, Rate } from '../optimizers/optimizer.ts'
import { ReduceOnPlateau } from '../schedules/plateau.ts'
import type { Schedule } from '../schedules/schedule.ts'
import type { Callback, CallbackLike, Training } from './callback.ts'
import { type Batches, evaluator, type ValidationReport } from './evaluate.ts'
import { partsOf } from './parts.ts'
import type { StepReport } from './report.ts'
import { type TakenStep, Trainer, type TrainerOptions } from './trainer.ts'

/** Options of `fit`. */
export interface FitOptions<Model extends Module, Batch> extends Omit<TrainerOptions<Model, Batch>, 'schedule'> {
  /** Batches of an epoch: tensors, alone or in arrays and objects. A loader, where a run is to be resumed exactly. */
  readonly data: Batches<Batch>
  /** Ends after so many epochs. At least one of `epochs` and `steps` is given. */
  readonly epochs?: number | undefined
  /** Ends after so many steps. */
  readonly steps?: number | undefined
  /** Batches in a step; at the end of an epoch, those that are left. Default 1. */
  readonly accumulate?: number | undefined
  /** The learning rate at a step, counted from 0, or by validations. Default: that of the optimizer. */
  readonly schedule?: Schedule | ReduceOnPlateau | undefined
  /** Data to be judged by, with the averaged weights of `ema` if there are any. */
  readonly validation?: Batches<Batch> | undefined
  /** Steps between validations. Default: one at the end of each epoch. */
  readonly validateEvery?: number | undefined
  /** What else is done meanwhile, in this order. Default: nothing. */
  readonly callbacks?: readonly CallbackLike<Model>[] | undefined
  /** What random numbers come from, by name, for checkpoints. Default: the default generator. */
  readonly generators?: Readonly<Record<string, Generator>> | undefined
  /** Continues from the newest checkpoint in this folder, or from this one. */
  readonly resume?: string | undefined
  /** Ends the run after a step. */
  readonly signal?: AbortSignal | undefined
}

/** Steps are read together, about as many as run in this time (ms), and at most so many. */
const readAfter = 200
const readAtMost = 50

/** The state of `fit`, and what happens to it. */
export class TrainingRun<Model extends Module, Batch> implements Training<Model> {
  readonly model: Model
  readonly optimizer: Optimizer<Rate, string>
  readonly trainer: Trainer<Model, Batch>
  readonly lastStep: number | undefined
  readonly parts: Readonly<Record<string, Stateful>>
  readonly skipped: number[] = []
  epoch = 0
  firstStep = 0
  report: StepReport | undefined
  validation: ValidationReport | undefined
  stopped: string | undefined
  readonly #options: FitOptions<Model, Batch>
  readonly #callbacks: readonly Callback<Model>[]
  readonly #evaluate: (data: Batches<Batch>) => Promise<Omit<ValidationReport, 'step'>>
  /** Epochs that the data had behind it when the run began. */
  #dataEpochs: number
  /** Steps that were not read yet. */
  #pending: TakenStep[] = []
  #readWhen = 1
  #lastRead = performance.now()

  constructor(model: Model, options: FitOptions<Model, Batch>) {
    checkOptions(options)
    const { schedule, callbacks = [], generators = { generator: defaultGenerator() } } = options
    const rate = schedule instanceof ReduceOnPlateau ? () => schedule.lr : schedule
    this.model = model
    this.optimizer = options.optimizer
    this.trainer = new Trainer(model, { ...options, schedule: rate })
    this.lastStep = lastStepOf(options)
    this.#options = options
    this.#callbacks = callbacks.map(callback => (typeof callback === 'function' ? { onStep: callback } : callback))
    this.#evaluate = evaluator(model, this.trainer.options)
    const { data, optimizer } = options
    const own = { model, optimizer, training: this, data, schedule }
    const taken = Object.keys(generators).find(name => name in own)
    if (taken !== undefined)
      throw new ArgumentError('fit', `a generator cannot be called '${taken}', as another part is`)
    this.parts = partsOf(
      { ...own, ...generators },
      this.#callbacks.map(({ state }) => state),
    )
    this.#dataEpochs = this.#dataEpoch()
  }

  get step(): number {
    return this.trainer.steps
  }

  readonly stop = (reason: string): void => {
    this.stopped ??= reason
  }

  isOver(): boolean {
    const { epochs = Infinity, steps = Infinity, signal } = this.#options
    if (signal?.aborted === true) this.stop('it was aborted')
    return this.stopped !== undefined || this.epoch >= epochs || this.step >= steps
  }

  /** Whether the data says that it has given all batches of this epoch. */
  epochIsOver(): boolean {
    return this.#dataEpoch() > this.#dataEpochs + this.epoch
  }

  /** For a checkpoint: the trainer's state, and the epochs. */
  stateDict(): StateDict {
    return { ...this.trainer.stateDict(), epoch: this.epoch, dataEpochs: this.#dataEpochs }
  }

  /** @throws ArgumentError unless it is the state of such a run */
  loadStateDict({ epoch, dataEpochs, ...state }: StateDict): void {
    if (typeof epoch !== 'number' || typeof dataEpochs !== 'number')
      throw new ArgumentError('fit', 'the state of a run says how many epochs ended')
    this.trainer.loadStateDict(state)
    this.epoch = epoch
    this.#dataEpochs = dataEpochs
    this.firstStep = this.step
  }

  async begin(): Promise<void> {
    for (const callback of this.#callbacks) await callback.onStart?.(this)
  }

  /** Takes a step over batches, and does what is due after it. */
  async takeStep([first, ...rest]: readonly [Batch, ...Batch[]]): Promise<void> {
    this.#pending.push(this.trainer.step(first, ...rest))
    const { validateEvery = Infinity } = this.#options
    const due = this.#callbacks.filter(({ every = Infinity }) => this.step % every === 0)
    const validates = this.step % validateEvery === 0
    if (due.length > 0 || validates || this.#pending.length >= this.#readWhen) await this.#read()
    if (validates) await this.#validate()
    for (const callback of due) await callback.onInterval?.(this)
  }

  async endEpoch(): Promise<void> {
    await this.#read()
    this.epoch++
    if (this.#options.validateEvery === undefined) await this.#validate()
    for (const callback of this.#callbacks) await callback.onEpoch?.(this)
  }

  async end(): Promise<void> {
    await this.#read()
    if (this.validation?.step !== this.step && this.stopped === undefined) await this.#validate()
    for (const callback of this.#callbacks) await callback.onEnd?.(this)
  }

  async close(): Promise<void> {
    for (const callback of this.#callbacks) await callback.close?.()
  }

  /** Waits for the steps that have started, and reports them. */
  async #read(): Promise<void> {
    const pending = this.#pending
    if (pending.length === 0) return
    this.#pending = []
    for (const step of pending) {
      const report = await step.read()
      this.report = report
      if (report.skipped) this.skipped.push(report.step)
      for (const callback of this.#callbacks) await callback.onStep?.(report, this)
    }
    // Programs that run on this thread leave it no turn, and without one no signal is heard.
    await new Promise(resolve => void setTimeout(resolve))
    const now = performance.now()
    const perStep = (now - this.#lastRead) / pending.length
    this.#readWhen = Math.min(Math.max(Math.round(readAfter / perStep), 1), readAtMost)
    this.#lastRead = now
  }

  async #validate(): Promise<void> {
    const { validation: data, schedule } = this.#options
    if (data === undefined) return
    if ('seek' in data && typeof data.seek === 'function') data.seek({ epoch: 0, batch: 0 })
    this.validation = { step: this.step, ...(await this.#evaluate(data)) }
    if (schedule instanceof ReduceOnPlateau) schedule.step(this.validation.loss)
    for (const callback of this.#callbacks) await callback.onValidation?.(this.validation, this)
  }

  #dataEpoch(): number {
    const { data } = this.#options
    return 'cursor' in data ? (data.cursor as Cursor).epoch : 0
  }
}

function checkOptions<Model extends Module, Batch>(options: FitOptions<Model, Batch>): void {
  const { epochs, steps, accumulate = 1, validateEvery = 1, schedule, validation } = options
  if (epochs === undefined && steps === undefined)
    throw new ArgumentError('fit', 'nothing says when to end; give epochs or steps')
  for (const [name, count] of Object.entries({ epochs, steps, accumulate, validateEvery }))
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= (name in { epochs, steps } ? 0 : 1)))
      throw new ArgumentError('fit', `${name} is a whole number, got ${count}`)
  if (schedule instanceof ReduceOnPlateau && validation === undefined)
    throw new ArgumentError('fit', 'ReduceOnPlateau goes by validations; give validation data')
}

/** The last step, where the data says how many batches an epoch has. */
function lastStepOf<Model extends Module, Batch>(options: FitOptions<Model, Batch>): number | undefined {
  const { data, epochs = Infinity, steps = Infinity, accumulate = 1 } = options
  const batches = 'length' in data && typeof data.length === 'number' ? data.length : undefined
  const stepsOfEpochs = batches === undefined ? Infinity : epochs * Math.ceil(batches / accumulate)
  const last = Math.min(steps, stepsOfEpochs)
  return Number.isFinite(last) ? last : undefined
}
