/**
 * A line y = 2x − 1 through points of which some are far off, fitted with each loss. Squares make much of what is far
 * away, so outliers draw the line; absolute values and Huber's loss, which is one of the two depending on the distance,
 * hardly move.
 *
 *     node --conditions=@wids/source examples/regression.ts
 */
import { grad } from '@wids/autograd'
import { Adam, cosineSchedule, huberLoss, l1Loss, leastSquares, mseLoss, parameter, smoothL1Loss } from '@wids/nn'
import { compile, concat, full, Generator, rand, randn, realize, type Tensor, tensor } from '@wids/tensor'

const truth = { slope: 2, intercept: -1 }

/** What is minimised over ŷ [points] and y [points]; cosine and cross-entropies are no losses of numbers. */
const losses = { leastSquares, mseLoss, l1Loss, huberLoss, smoothL1Loss }
export type LossName = keyof typeof losses

/** A fitted line, and how far from the true one it is on average over −1 … 1. */
export interface Line {
  readonly slope: number
  readonly intercept: number
  readonly error: number
}

/** 180 points at the line, and 20 at its right end that lie 10 too high. */
function points(generator: Generator): { x: Tensor; y: Tensor } {
  const x = concat([rand([180], { generator }).mul(2).sub(1), rand([20], { generator }).mul(0.2).add(0.8)]) // [200]
  const lift = concat([full([180], 0), full([20], 10)])
  const noise = randn([200], { generator }).mul(0.1)
  return { x, y: x.mul(truth.slope).add(truth.intercept).add(noise).add(lift) }
}

async function fitLine(name: LossName, x: Tensor, y: Tensor, steps: number): Promise<Line> {
  const [w, b] = [parameter(tensor(0)), parameter(tensor(0))]
  const optimizer = new Adam([w, b])
  const schedule = cosineSchedule({ peak: 0.1, steps })
  const step = compile((x: Tensor, y: Tensor, lr: Tensor) => {
    const loss = losses[name](x.mul(w).add(b), y) // of ŷ = wx + b [200]
    optimizer.setLearningRate(lr)
    optimizer.step(grad(loss, [w, b]))
    return loss
  })
  for (let i = 0; i < steps; i++) step(x, y, tensor(schedule(i)))
  const [slope, intercept] = [await w.item(), await b.item()]
  return { slope, intercept, error: meanDistance(slope - truth.slope, intercept - truth.intercept) }
}

/** Mean of |s x + i| over −1 … 1, by the midpoints of 200 intervals. */
function meanDistance(s: number, i: number): number {
  const midpoints = Array.from({ length: 200 }, (_, k) => (k + 0.5) / 100 - 1)
  return midpoints.reduce((sum, x) => sum + Math.abs(s * x + i), 0) / midpoints.length
}

/** Fits a line with each loss. */
export async function main({ steps = 500, log = console.log } = {}): Promise<Record<LossName, Line>> {
  const { x, y } = points(new Generator(3))
  await realize(x, y)
  const lines: [LossName, Line][] = []
  for (const name of Object.keys(losses) as LossName[]) {
    const line = await fitLine(name, x, y, steps)
    log(
      `${name.padEnd(13)} y = ${line.slope.toFixed(2)}x ${line.intercept < 0 ? '−' : '+'} ` +
        `${Math.abs(line.intercept).toFixed(2)}, on average ${line.error.toFixed(2)} from the true line`,
    )
    lines.push([name, line])
  }
  return Object.fromEntries(lines) as Record<LossName, Line>
}

if (import.meta.filename === process.argv[1]) await main()
