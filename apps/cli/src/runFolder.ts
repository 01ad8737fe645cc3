import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { readCheckpoint } from '@wids/nn'
import type { Tensor } from '@wids/tensor'
import type { Tokenizer } from '@wids/tokenizer'
import { GPT, type GPTConfig } from '@wids/transformer'
import { Failure } from './failure.ts'
import { readJson } from './jsonFile.ts'
import { readTokenizer } from './tokenizerFile.ts'
import type { Recipe } from './train/recipe.ts'

/** What `config.json` in the folder of a run says: enough to build the model, and to continue the run. */
export interface RunConfig {
  readonly model: GPTConfig
  readonly recipe: Recipe
  readonly data: {
    /** The text that was trained on; null for Moby Dick. */
    readonly file: string | null
    readonly sha256: string
  }
}

/** A run as its folder holds it: config.json, tokenizer.json and the newest checkpoint, `step-…/`. */
export interface SavedRun {
  readonly config: RunConfig
  readonly tokenizer: Tokenizer
  readonly model: GPT
  /** The folder of its newest checkpoint, and the steps taken until then. */
  readonly checkpoint: string
  readonly step: number
}

export const configFile = (folder: string): string => join(folder, 'config.json')
export const tokenizerFile = (folder: string): string => join(folder, 'tokenizer.json')

/** Whether a folder is that of a run. */
export const holdsRun = (folder: string): Promise<boolean> =>
  access(configFile(folder)).then(
    () => true,
    () => false,
  )

/** Reads the folder of a run. */
export async function readRun(folder: string): Promise<SavedRun> {
  if (!(await holdsRun(folder)))
    throw new Failure(`there is no checkpoint in ${folder}; name a folder that \`wids train\` wrote`)
  const config = checkedConfig(await readJson(configFile(folder)), configFile(folder))
  const tokenizer = await readTokenizer(tokenizerFile(folder))
  const { path, step, parts } = await readCheckpoint(folder, { parts: ['model'] })
  checkSizes(config.model, tokenizer, parts.model.tensors, folder)
  const model = new GPT(config.model)
  model.loadStateDict(parts.model.tensors)
  return { config, tokenizer, model, checkpoint: path, step }
}

function checkedConfig(config: unknown, file: string): RunConfig {
  const parts = Object(config) as Partial<Record<keyof RunConfig, unknown>>
  const isObject = (part: unknown): boolean => typeof part === 'object' && part !== null
  if (![parts.model, parts.recipe, parts.data].every(isObject))
    throw new Failure(`${file} is not the configuration of a run of this version`)
  return config as RunConfig
}

/** Sizes that the configuration claims are believed only if the weights have them: building a model takes memory. */
function checkSizes(
  model: GPTConfig,
  tokenizer: Tokenizer,
  weights: Readonly<Record<string, Tensor>>,
  folder: string,
): void {
  const claimed = [model.vocabSize, model.width, model.context, model.layers]
  const layers = Object.keys(weights).filter(name => /^h\.\d+\.ln_1\.weight$/.test(name)).length
  const real = [...(weights['wte.weight']?.shape ?? []), weights['wpe.weight']?.shape[0], layers]
  if (String(claimed) !== String(real))
    throw new Failure(
      `config.json and the weights in ${folder} do not belong together; one of them was damaged or replaced`,
    )
  if (tokenizer.vocabSize !== model.vocabSize)
    throw new Failure(
      `tokenizer.json in ${folder} has ${tokenizer.vocabSize} tokens, the model ${model.vocabSize}; one of them was replaced`,
    )
}
