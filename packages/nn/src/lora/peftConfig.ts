import { FormatError } from '../files/errors.ts'
import type { Json } from '../files/checkpoint/state.ts'
import type { Lora } from './lora.ts'

/** What of PEFT's `adapter_config.json` says how adapters count. */
export interface PeftConfig {
  readonly rank: number
  readonly alpha: number
  readonly dropout: number
  readonly rankStabilized: boolean
}

/** The fields of `adapter_config.json` for plain LoRA, as PEFT 0.21 writes them. */
export const encodePeftConfig = (lora: Lora): Json => ({
  base_model_name_or_path: null,
  bias: 'none',
  fan_in_fan_out: false,
  inference_mode: true,
  init_lora_weights: true,
  lora_alpha: lora.alpha,
  lora_dropout: lora.dropout,
  modules_to_save: null,
  peft_type: 'LORA',
  r: lora.rank,
  target_modules: lora.paths,
  task_type: null,
  use_dora: false,
  use_rslora: lora.rankStabilized,
})

/** What changes the formula or the tensors, so that an adapter that has it is another one. */
const variants = [
  'alora_invocation_tokens',
  'alpha_pattern',
  'kasa_config',
  'layer_replication',
  'lora_bias',
  'modules_to_save',
  'rank_pattern',
  'target_parameters',
  'trainable_token_indices',
  'use_bdlora',
  'use_dora',
  'use_qalora',
]

/** @throws FormatError unless it describes adapters that `Lora` computes */
export function decodePeftConfig(value: unknown, file: string): PeftConfig {
  if (!isObject(value) || value['peft_type'] !== 'LORA')
    throw new FormatError(file, "it does not describe LoRA (peft_type is not 'LORA')")
  const { r, lora_alpha: alpha, lora_dropout: dropout = 0, use_rslora: stabilized = false, bias = 'none' } = value
  const variant = variants.find(name => isOn(value[name]))
  if (variant !== undefined || bias !== 'none')
    throw new FormatError(file, `'${variant ?? 'bias'}' makes other adapters than plain LoRA, which alone is read`)
  if (!(Number.isSafeInteger(r) && (r as number) > 0)) throw new FormatError(file, `r is no rank, got ${String(r)}`)
  if (typeof alpha !== 'number' || typeof dropout !== 'number' || !(dropout >= 0 && dropout < 1))
    throw new FormatError(file, 'lora_alpha and lora_dropout are numbers, the second in 0 … 1')
  return { rank: r as number, alpha, dropout, rankStabilized: stabilized === true }
}

/** Whether an optional field asks for something: not null, false, empty or absent. */
const isOn = (value: unknown): boolean =>
  isObject(value) || Array.isArray(value) ? Object.keys(value).length > 0 : Boolean(value)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
