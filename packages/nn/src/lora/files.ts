import { FormatError } from '../files/errors.ts'
import { joined, readText, replaceFolder } from '../files/nodeFiles.ts'
import { encodedParts } from '../files/safetensors/encode.ts'
import { readSafetensors } from '../files/safetensors/file.ts'
import { parseStrictJson } from '../files/stored/strictJson.ts'
import { orCheckpointError, orFormatError } from '../files/systemErrors.ts'
import type { Module } from '../module/module.ts'
import { Lora } from './lora.ts'
import { decodePeftConfig, encodePeftConfig } from './peftConfig.ts'

const weightsFile = 'adapter_model.safetensors'
const configFile = 'adapter_config.json'

/**
 * Saves adapters in Node as a folder in PEFT's layout: 'adapter_model.safetensors' and 'adapter_config.json'. It appears
 * whole or not at all, in the place of adapters that lie there; a folder with other files in it is refused.
 *
 * @throws CheckpointError if it cannot be written
 * @example
 * await saveLora('adapters/pirate', lora)   // in Python: PeftModel.from_pretrained(model, 'adapters/pirate')
 */
export async function saveLora(folder: string, lora: Lora): Promise<void> {
  const config = `${JSON.stringify(encodePeftConfig(lora), null, 2)}\n`
  const files = {
    [weightsFile]: encodedParts(lora.stateDict(), { format: 'pt' }),
    [configFile]: [new TextEncoder().encode(config)],
  }
  await orCheckpointError(folder, 'the adapters cannot be written', () => replaceFolder(folder, files))
}

/**
 * Loads adapters in PEFT's layout for a model, in Node.
 *
 * @param prefix what stands before paths in the file, such as 'transformer.' for GPT-2 of Hugging Face. Default ''
 * @throws FormatError if files are missing or damaged, or hold other adapters than plain LoRA; ArgumentError if they do not
 * fit the model
 * @example
 * const lora = await loadLora('adapters/pirate', model)
 * lora.merge()
 */
export async function loadLora(
  folder: string,
  model: Module,
  { prefix = '' }: { readonly prefix?: string } = {},
): Promise<Lora> {
  const config = decodePeftConfig(await readJson(joined(folder, configFile)), joined(folder, configFile))
  const { tensors } = await readSafetensors(joined(folder, weightsFile))
  const paths = Object.keys(tensors).flatMap(key => pathPattern.exec(key)?.[1] ?? [])
  const own = paths.flatMap(path => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []))
  const lora = new Lora(model, { ...config, prefix, targets: new RegExp(`^(?:${own.map(escaped).join('|')})$`) })
  lora.loadStateDict(tensors)
  return lora
}

const pathPattern = /^base_model\.model\.(.+)\.lora_A\.weight$/
const escaped = (path: string): string => path.replaceAll(/[^\w]/g, String.raw`\$&`)

async function readJson(file: string): Promise<unknown> {
  const text = await orFormatError(file, () => readText(file))
  try {
    return parseStrictJson(text, 16)
  } catch (cause) {
    throw new FormatError(file, 'it is not JSON', { cause })
  }
}
