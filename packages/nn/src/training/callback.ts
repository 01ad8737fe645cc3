import type { Stateful } from '../files/checkpoint/state.ts'
import type { Module } from '../module/module.ts'
import type { Optimizer, Rate } from '../optimizers/optimizer.ts'
import type { ValidationReport } from './evaluate.ts'
import type { StepReport } from './report.ts'

/** A run of `fit` as callbacks and its caller see it. */
export interface Training<Model extends Module = Module> {
  /** What is trained. */
  readonly model: Model
  /** What trains it. */
  readonly optimizer: Optimizer<Rate, string>
  /** Steps taken, those of an earlier run that was resumed included. */
  readonly step: number
  /** Epochs that ended. */
  readonly epoch: number
  /** Steps at which the run ends at the latest; undefined if nobody knows. */
  readonly lastStep: number | undefined
  /** Step at which this process began: 0 unless the run was resumed. */
  readonly firstStep: number
  /** The newest report of a step that was read. */
  readonly report: StepReport | undefined
  /** The newest validation. */
  readonly validation: ValidationReport | undefined
  /** Everything that changes while training; `saveCheckpoint(folder, training.parts, { step: training.step })` saves it. */
  readonly parts: Readonly<Record<string, Stateful>>
  /** Steps of this process whose loss or gradient was not finite, so that they changed nothing. */
  readonly skipped: readonly number[]
  /** Why the run was stopped before its end; undefined if it was not. */
  readonly stopped: string | undefined
  /** Ends the run after this step. */
  readonly stop: (reason: string) => void
}

/** If it is a promise, training waits for it. */
type Reply = unknown

/**
 * What is done while a model is trained. All parts are optional; a function alone is `onStep`.
 *
 * @example
 * await fit(model, { loss, optimizer, data, steps: 100, callbacks: [({ step, loss }) => console.log(step, loss)] })
 */
export interface Callback<Model extends Module = Module> {
  /** Before the first step, after a run was resumed. */
  onStart?(training: Training<Model>): Reply
  /** With the report of each step in order, several steps late: reading waits, so steps are read together. */
  onStep?(report: StepReport, training: Training<Model>): Reply
  /** Steps between calls of `onInterval`, before which all steps until then are reported. */
  readonly every?: number | undefined
  /** Each time the number of steps is a multiple of `every`, with the model of that step. */
  onInterval?(training: Training<Model>): Reply
  /** With the means of each validation. */
  onValidation?(report: ValidationReport, training: Training<Model>): Reply
  /** At the end of each epoch, after its validation. */
  onEpoch?(training: Training<Model>): Reply
  /** After the last step, also of a run that was stopped. */
  onEnd?(training: Training<Model>): Reply
  /** Last of all, also after an error. */
  close?(): Reply
  /** What belongs into a checkpoint, and the name it gets there. */
  readonly state?: (Stateful & { readonly name: string }) | undefined
}

/** A callback, or only its `onStep`. */
export type CallbackLike<Model extends Module = Module> = Callback<Model> | NonNullable<Callback<Model>['onStep']>
