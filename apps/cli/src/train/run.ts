import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AdamW } from '@wids/nn'
import { manualSeed } from '@wids/tensor'
import { CharTokenizer, type Tokenizer } from '@wids/tokenizer'
import { GPT } from '@wids/transformer'
import { Failure } from '../failure.ts'
import { writeJson } from '../jsonFile.ts'
import { configFile, holdsRun, readRun, type RunConfig, tokenizerFile } from '../runFolder.ts'
import { encodeText, readTokenizer, writeTokenizer } from '../tokenizerFile.ts'
import { type Corpus, readCorpus } from './corpus.ts'
import { recipeOf, type TrainOptions } from './recipe.ts'

/** A training run before its first step. All its random numbers come from the default generator. */
export interface Run {
  readonly folder: string
  readonly config: RunConfig
  readonly tokenizer: Tokenizer
  readonly model: GPT
  readonly optimizer: AdamW
  readonly trainingTokens: Int32Array
  /** The last tenth. */
  readonly heldOut: Int32Array
  /** Steps taken so far. */
  readonly step: number
  /** The checkpoint that it goes on from. */
  readonly resume: string | undefined
}

/** Prepares a new run and its folder. */
export async function startRun(options: TrainOptions): Promise<Run> {
  const corpus = await readCorpus(options.data)
  const tokenizer =
    options.tokenizer === undefined ? CharTokenizer.train(corpus.text) : await readTokenizer(options.tokenizer)
  const { context, layers, heads, width, dropout } = options
  const config: RunConfig = {
    model: { vocabSize: tokenizer.vocabSize, context, layers, heads, width, dropout, bias: false },
    recipe: recipeOf(options),
    data: { file: options.data === undefined ? null : resolve(options.data), sha256: corpus.sha256 },
  }
  const parts = split(tokenizer, corpus, context)
  if (width % heads !== 0) throw new Failure(`--heads ${heads} does not divide --width ${width}`, 2)
  manualSeed(config.recipe.seed)
  const model = new GPT(config.model)
  const folder = await freshFolder(options.out, corpus.name)
  await mkdir(folder, { recursive: true })
  await writeTokenizer(tokenizerFile(folder), tokenizer)
  await writeJson(configFile(folder), config)
  return {
    folder,
    config,
    tokenizer,
    model,
    optimizer: optimizerOf(model, config),
    ...parts,
    step: 0,
    resume: undefined,
  }
}

/** Takes up a run where its newest checkpoint left it; `steps` replaces those it was to take in all. */
export async function continueRun(folder: string, steps: number | undefined): Promise<Run> {
  const { config, tokenizer, model, checkpoint, step } = await readRun(folder)
  const corpus = await readCorpus(config.data.file ?? undefined)
  if (corpus.sha256 !== config.data.sha256)
    throw new Failure(
      `${config.data.file ?? corpus.name} has changed since the run in ${folder} began; train anew with --out`,
    )
  const optimizer = optimizerOf(model, config)
  const extended = steps === undefined ? config : { ...config, recipe: { ...config.recipe, steps } }
  if (steps !== undefined) await writeJson(configFile(folder), extended)
  const parts = split(tokenizer, corpus, config.model.context)
  return { folder, config: extended, tokenizer, model, optimizer, ...parts, step, resume: checkpoint }
}

/** Nine tenths to train on, and the last tenth to be judged by. */
function split(tokenizer: Tokenizer, { name, text }: Corpus, context: number): Pick<Run, 'trainingTokens' | 'heldOut'> {
  const tokens = Int32Array.from(encodeText(tokenizer, text))
  const cut = Math.floor(tokens.length * 0.9)
  if (cut <= context || tokens.length - cut < 2)
    throw new Failure(
      `${name} has ${tokens.length} tokens, of which a tenth is held out; sequences of ${context} need at least ${leastTokens(context)}: take a longer text or a smaller --context`,
    )
  return { trainingTokens: tokens.subarray(0, cut), heldOut: tokens.subarray(cut) }
}

/** The fewest tokens of which nine tenths hold one sequence and the token after it. */
const leastTokens = (context: number): number => Math.max(11, Math.ceil((context + 1) / 0.9))

function optimizerOf(model: GPT, { recipe: { lr, weightDecay } }: RunConfig): AdamW {
  const parameters = model.parameters()
  const vectors = parameters.filter(parameter => parameter.rank < 2)
  return new AdamW(parameters, {
    lr,
    betas: [0.9, 0.99],
    weightDecay,
    groups: [{ parameters: vectors, weightDecay: 0 }],
  })
}

/** The folder that was asked for, which must not hold a run, or checkpoints/NAME, NAME-2, … */
async function freshFolder(asked: string | undefined, name: string): Promise<string> {
  if (asked !== undefined) {
    if (await holdsRun(asked))
      throw new Failure(`${asked} holds a run already; continue it with --resume ${asked}, or choose another --out`, 2)
    return asked
  }
  for (let n = 1; ; n++) {
    const folder = `checkpoints/${name}${n === 1 ? '' : `-${n}`}`
    if (!(await holdsRun(folder))) return folder
  }
}
