import { ArgumentError } from '@wids/tensor'
import { type AppendFile, openToAppend } from '../../files/appendFile.ts'
import type { Callback } from '../callback.ts'

type Line<Event extends 'onStep' | 'onValidation'> = (...event: Parameters<NonNullable<Callback[Event]>>) => string

/** The lines that events become. */
interface LogFormat {
  /** What its state is called in a checkpoint. */
  readonly name: string
  /** The first line, which needs to know what a report is made of. */
  readonly header?: Line<'onStep'>
  readonly onStep: Line<'onStep'>
  readonly onValidation: Line<'onValidation'>
}

/**
 * A text file with what happens, line by line. A new run starts it anew; one that is resumed cuts off what was written
 * after its checkpoint, so that in the end it is as if nothing had happened.
 */
export function logFile(path: string, { name, header, onStep, onValidation }: LogFormat): Callback {
  let file: AppendFile | undefined
  let kept = 0
  const write = (line: string): void => file?.append(`${line}\n`)
  return {
    onStart: () => void (file = openToAppend(path, kept)),
    onStep(report, training) {
      if (file?.bytes === 0 && header !== undefined) write(header(report, training))
      write(onStep(report, training))
    },
    onValidation: (report, training) => write(onValidation(report, training)),
    close: () => file?.close(),
    state: {
      name,
      stateDict: () => ({ bytes: file?.bytes ?? 0 }),
      loadStateDict({ bytes }) {
        if (typeof bytes !== 'number') throw new ArgumentError(name, 'its state is the size of its file')
        kept = bytes
      },
    },
  }
}
