import { arange, ArgumentError, concat, ShapeError, tensor, Tensor, where } from '@wids/tensor'
import { checkTensors } from '@wids/tensor/graph'
import { type LossOptions, reduced } from './reduction.ts'

/** Options of {@link ctcLoss}. */
export interface CtcOptions extends LossOptions {
  /** The class that stands for no label. Default 0. */
  readonly blank?: number | undefined
  /** Whether targets that do not fit their inputs cost 0 instead of infinity. Default false. */
  readonly zeroInfinity?: boolean | undefined
}

/** The logarithm of (nearly) nothing: finite, so that differences are. */
const never = -1e30

/**
 * Connectionist temporal classification (Graves et al., 2006; `torch.nn.functional.ctc_loss`): −ln of the probability of
 * all ways to spell the target over time, with repetitions and blanks. With the labels l = blank, y₁, blank, y₂, …, blank
 * α_t(s) = p_t(l_s) · (α_t₋₁(s) + α_t₋₁(s − 1) + [l_s is no blank and not l_s₋₂] α_t₋₁(s − 2)), in logarithms. The mean is
 * over the batch, of each loss divided by its target's length.
 *
 * @param logProbabilities [time, batch, classes], such as `logits.logSoftmax(-1)`
 * @param targets i32 [batch, length], padded with anything
 * @param inputLengths [batch] times that count
 * @param targetLengths [batch] labels that count
 * @throws ShapeError unless the shapes fit, ArgumentError for a blank that is no class
 * @example
 * ctcLoss(logits.logSoftmax(-1), tensor(new Int32Array([1, 2]), { shape: [1, 2] }), [50], [2])
 */
export function ctcLoss(
  logProbabilities: Tensor,
  targets: Tensor,
  inputLengths: Tensor | readonly number[],
  targetLengths: Tensor | readonly number[],
  { blank = 0, zeroInfinity = false, reduction = 'mean' }: CtcOptions = {},
): Tensor {
  checkShapes(logProbabilities, targets, blank)
  const batch = targets.shape[0]!
  const times = lengthsOf('inputLengths', inputLengths, batch) // [batch]
  const lengths = lengthsOf('targetLengths', targetLengths, batch)
  const alpha = forwards(logProbabilities, labelsOf(targets, lengths, blank), times, blank) // [batch, 2 length + 1]
  const last = lengths.mul(2).unsqueeze(-1) // [batch, 1]
  const ended = alpha.gather(1, last)
  const before = where(last.gt(0), alpha.gather(1, last.sub(1).maximum(0)), never)
  const losses = concat([ended, before], 1).logsumexp(1).neg() // [batch]
  const fits = losses.lt(-never / 2)
  const each = where(fits, losses, zeroInfinity ? 0 : Infinity)
  return reduction === 'mean' ? each.div(lengths.maximum(1)).mean() : reduced(each, { reduction })
}

/** i32 [batch, 2 length + 1]: blanks around and between the labels; blanks behind their end. */
function labelsOf(targets: Tensor, lengths: Tensor, blank: number): Tensor {
  const [batch, length] = targets.shape as [number, number]
  const kept = arange(length).to('i32').lt(lengths.unsqueeze(-1)) // [batch, length]
  const labels = where(kept, targets.to('i32'), blank)
  const pairs = labels.unsqueeze(-1).pad([[1, 0]], blank) // [batch, length, 2]
  return pairs.reshape([batch, 2 * length]).pad([[0, 1]], blank)
}

/** ln α at each sequence's last time: [batch, labels] */
function forwards(logProbabilities: Tensor, labels: Tensor, times: Tensor, blank: number): Tensor {
  const [time, batch, count] = [logProbabilities.shape[0]!, labels.shape[0]!, labels.shape[1]!]
  const emitted = logProbabilities.gather(2, labels.unsqueeze(0).expand([time, batch, count])).clamp(never)
  const skips = labels.ne(blank).and(labels.ne(later(labels, 2, blank))) // [batch, labels]
  const first = where(arange(count).lt(2), emitted.at(0), never)
  let alpha = first
  for (let t = 1; t < time; t++) {
    const jump = where(skips, later(alpha, 2, never), never)
    const next = sumOfLogs(alpha, later(alpha, 1, never), jump).add(emitted.at(t))
    alpha = where(times.gt(t).unsqueeze(-1), next, alpha)
  }
  return alpha
}

/** Moved along the last axis, with a value before. */
const later = (x: Tensor, by: number, value: number): Tensor => {
  const n = x.shape.at(-1)!
  return x.pad([[by, 0]], value).narrow(-1, 0, n)
}

/** ln(eᵃ + eᵇ + eᶜ) */
function sumOfLogs(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const top = a.maximum(b).maximum(c).detach()
  const total = a.sub(top).exp().add(b.sub(top).exp()).add(c.sub(top).exp())
  return total.log().add(top)
}

function lengthsOf(name: string, lengths: Tensor | readonly number[], batch: number): Tensor {
  const each = lengths instanceof Tensor ? lengths.to('i32') : tensor(Int32Array.from(lengths))
  if (each.rank !== 1 || each.size !== batch)
    throw new ShapeError('ctcLoss', `${name} are [${batch}], got [${each.shape.join(', ')}]`, [each.shape])
  return each
}

function checkShapes(logProbabilities: Tensor, targets: Tensor, blank: number): void {
  checkTensors('ctcLoss', { logProbabilities, targets })
  if (logProbabilities.rank !== 3 || targets.rank !== 2 || logProbabilities.shape[1] !== targets.shape[0])
    throw new ShapeError(
      'ctcLoss',
      `[time, batch, classes] and targets [batch, length] are needed, got [${logProbabilities.shape.join(', ')}] and ` +
        `[${targets.shape.join(', ')}]`,
      [logProbabilities.shape, targets.shape],
    )
  if (!(Number.isSafeInteger(blank) && blank >= 0 && blank < logProbabilities.shape[2]!))
    throw new ArgumentError('ctcLoss', `the blank is one of ${logProbabilities.shape[2]} classes, got ${blank}`)
}
