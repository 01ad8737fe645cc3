import { Presets, SingleBar } from 'cli-progress'
import type { Terminal } from '../terminal.ts'

/** Shows how far training is: a bar on a terminal, a line now and then otherwise. */
export interface Progress {
  /** Whether a report is wanted after this step; a loss is worth reading only then. */
  isDue(step: number): boolean
  report(step: number, loss: number): void
  finish(): void
}

interface Course {
  readonly firstStep: number
  readonly steps: number
  readonly tokensPerStep: number
  /** The time in ms. */
  readonly now?: () => number
}

/** Steps between updates of the bar: reading a loss waits for the step. */
const barEvery = 20
/** Lines in all, where there is no bar. */
const lines = 20

export function trainingProgress({ err }: Terminal, course: Course): Progress {
  const { firstStep, steps } = course
  const paceAt = pace(course)
  if (err.isTTY !== true) {
    const report = (step: number, loss: number): void => {
      const { rate, left } = paceAt(step)
      err.write(`step ${step}/${steps}  loss ${loss.toFixed(3)}  ${rate} tokens/s  ${left} left\n`)
    }
    return { isDue: every(Math.ceil(steps / lines), steps), report, finish: () => {} }
  }
  const format = '{bar} {value}/{total}  loss {loss}  {rate} tokens/s  {left} left'
  const bar = new SingleBar({ stream: err, format, barsize: 24, hideCursor: true }, Presets.shades_classic)
  bar.start(steps, firstStep, { loss: '–', rate: '–', left: '–' })
  return {
    isDue: every(barEvery, steps),
    report: (step, loss) => bar.update(step, { loss: loss.toFixed(3), ...paceAt(step) }),
    finish: () => bar.stop(),
  }
}

const every =
  (interval: number, last: number) =>
  (step: number): boolean =>
    step % interval === 0 || step === last

/** Tokens a second so far, and the time left at that pace. */
function pace({ firstStep, steps, tokensPerStep, now = () => performance.now() }: Course) {
  const begin = now()
  return (step: number): { rate: string; left: string } => {
    const msPerStep = (now() - begin) / Math.max(1, step - firstStep)
    return {
      rate: Math.round((tokensPerStep * 1000) / msPerStep).toLocaleString('en'),
      left: duration(((steps - step) * msPerStep) / 1000),
    }
  }
}

/** 65 → '1:05' */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
