/** nanoGPT's recipe for a small character-level GPT on a CPU: the defaults of `wids train`. */
export const defaults = {
  steps: 2000,
  batch: 12,
  context: 64,
  layers: 4,
  heads: 4,
  width: 128,
  dropout: 0,
  lr: 1e-3,
  weightDecay: 0.1,
  clip: 1,
  seed: 1337,
  saveEvery: 500,
  sample: 400,
}

/** What training does besides the sizes of the model. */
export interface Recipe {
  readonly steps: number
  /** Sequences in a step. */
  readonly batch: number
  /** Highest learning rate, and the one at the end. */
  readonly lr: number
  readonly minLr: number
  /** Steps until the highest learning rate. */
  readonly warmup: number
  /** Of matrices; biases and norms do not decay. */
  readonly weightDecay: number
  /** Highest norm of the gradient. */
  readonly clip: number
  readonly seed: number
}

/** The options of `wids train`, as the parser gives them. */
export interface TrainOptions extends Omit<Recipe, 'steps' | 'minLr' | 'warmup'> {
  readonly steps?: number | undefined
  readonly data?: string | undefined
  readonly tokenizer?: string | undefined
  readonly out?: string | undefined
  readonly resume?: string | undefined
  readonly context: number
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly dropout: number
  readonly minLr?: number | undefined
  readonly warmup?: number | undefined
  readonly saveEvery: number
  readonly sample: number
  readonly json?: boolean | undefined
}

/** The recipe that the options ask for: the learning rate ends at a tenth and warms up for a twentieth of the steps. */
export function recipeOf(options: TrainOptions): Recipe {
  const { steps = defaults.steps, batch, lr, weightDecay, clip, seed } = options
  const { minLr = lr / 10, warmup = Math.floor(steps / 20) } = options
  return { steps, batch, lr, minLr, warmup: Math.min(warmup, steps), weightDecay, clip, seed }
}
