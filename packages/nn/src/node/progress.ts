import { Presets, SingleBar } from 'cli-progress'
import type { Callback, Training } from '../training/callback.ts'
import type { StepReport } from '../training/report.ts'

/** Options of `progress`. */
export interface ProgressOptions {
  /** Where it is shown: a bar on a terminal, lines elsewhere. Default: the standard error. */
  readonly stream?: (NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }) | undefined
  /** What the pace is counted in. Default: steps. */
  readonly pace?: { readonly unit: string; readonly perStep: number } | undefined
  /** The time in ms. Default: the clock. */
  readonly now?: (() => number) | undefined
}

/** How training is shown on a stream. */
interface Display {
  /** Steps between reports that are wanted without delay. */
  readonly every?: number
  step(report: StepReport): void
  /** A line that stays. */
  note(text: string): void
  close(): void
}

/**
 * Shows how far training is, its loss, pace and the time that is left; validations and skipped steps, too.
 *
 * @example
 * await fit(model, { loss, optimizer, data, epochs: 3, callbacks: [progress()] })
 * // step 150/3000  loss 2.013  41 steps/s  1:10 left
 */
export function progress({
  stream = process.stderr,
  pace,
  now = () => performance.now(),
}: ProgressOptions = {}): Callback {
  let display: Display | undefined
  return {
    get every() {
      return display?.every
    },
    onStart(training) {
      const paceAt = paceOf(training, pace ?? { unit: 'steps', perStep: 1 }, now)
      const hasBar = stream.isTTY === true && training.lastStep !== undefined
      display = hasBar ? bar(stream, training, training.lastStep, paceAt) : lines(stream, training, paceAt)
    },
    onStep(report) {
      if (report.skipped)
        display?.note(`step ${report.step} was skipped: loss ${report.loss}, gradient norm ${report.norm}`)
      display?.step(report)
    },
    onValidation({ step, loss, metrics }) {
      const others = Object.entries(metrics).map(([name, value]) => `  ${name} ${value.toFixed(3)}`)
      display?.note(`step ${step}  validation loss ${loss.toFixed(3)}${others.join('')}`)
    },
    close: () => display?.close(),
  }
}

type Pace = (step: number) => string

/** Units a second so far, and the time left at that pace. */
function paceOf(
  { firstStep, lastStep }: Training,
  { unit, perStep }: { readonly unit: string; readonly perStep: number },
  now: () => number,
): Pace {
  const begin = now()
  return step => {
    const msPerStep = (now() - begin) / Math.max(1, step - firstStep)
    const rate = ((perStep * 1000) / msPerStep).toLocaleString('en', { maximumSignificantDigits: 3 })
    const left = lastStep === undefined ? '' : `  ${duration(((lastStep - step) * msPerStep) / 1000)} left`
    return `${rate} ${unit}/s${left}`
  }
}

function bar(stream: NodeJS.WritableStream, { firstStep }: Training, lastStep: number, paceAt: Pace): Display {
  const format = '{bar} {value}/{total}  loss {loss}  {pace}'
  const shown = new SingleBar({ stream, format, barsize: 24, hideCursor: true }, Presets.shades_classic)
  shown.start(lastStep, firstStep, { loss: '–', pace: '–' })
  return {
    step: ({ step, loss }) => shown.update(step, { loss: loss.toFixed(3), pace: paceAt(step) }),
    note(text) {
      stream.write(`\r\u001B[K${text}\n`)
    },
    close: () => shown.stop(),
  }
}

/** Lines in all, where it is known how many steps there are; otherwise steps between lines. */
const lineCount = 20
const stepsPerLine = 100

function lines(stream: NodeJS.WritableStream, { lastStep }: Training, paceAt: Pace): Display {
  const every = lastStep === undefined ? stepsPerLine : Math.ceil(lastStep / lineCount)
  const note = (text: string): void => void stream.write(`${text}\n`)
  return {
    every,
    step({ step, loss }) {
      if (step % every !== 0 && step !== lastStep) return
      note(`step ${step}${lastStep === undefined ? '' : `/${lastStep}`}  loss ${loss.toFixed(3)}  ${paceAt(step)}`)
    },
    note,
    close: () => {},
  }
}

/** 65 → '1:05' */
function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
