import { ArgumentError } from '../errors.ts'
import { plainTemplate, type TemplatePart } from '../post-processors/post-processor.ts'
import type { EncodeOptions } from '../tokenizer.ts'
import { type Encoding, joinFields, sliceFields, specialFields, type TokenFields, withTypeId } from './encoding.ts'
import type { Padding } from './padding.ts'
import type { PipelineTokenizer } from './pipeline-tokenizer.ts'
import { trimOffsets } from './trim-offsets.ts'
import { keptLengths, type Truncation, truncationRanges } from './truncation.ts'

export interface EncodingOptions extends EncodeOptions {
  /** Cut off what is too long; see `Encoding.overflowing` for the rest. */
  truncation?: Truncation
  /** Fill up what is too short. */
  padding?: Padding
}

/** A text, or two texts that belong together such as a question and a passage. */
export type EncodingInput = string | Uint8Array | readonly [first: string | Uint8Array, second: string | Uint8Array]

/** Encodes one input with offsets and all masks: model, then truncation, then template. */
export function encodeDetails(tokenizer: PipelineTokenizer, input: EncodingInput, options: EncodingOptions): Encoding {
  const isPair = Array.isArray(input)
  const texts = (isPair ? input : [input]) as readonly (string | Uint8Array)[]
  const processor = tokenizer.pipeline.postProcessor ?? plainTemplate
  const whole = isPair ? processor.pair : processor.single
  const template = options.addSpecialTokens === false ? withoutSpecials(isPair) : whole
  const sequences = texts.map(text => encodeText(tokenizer, text, options))
  const parts = truncate(sequences, template, options.truncation)
  const [main, ...overflowing] = parts.map(part => applyTemplate(template, part))
  return { ...main!, overflowing: overflowing.map(part => ({ ...part, overflowing: [] })) }
}

function withoutSpecials(isPair: boolean): readonly TemplatePart[] {
  return isPair ? plainTemplate.pair : plainTemplate.single
}

function encodeText(tokenizer: PipelineTokenizer, text: string | Uint8Array, options: EncodingOptions): TokenFields {
  const sink = tokenizer.trackedScratch
  sink.clear()
  tokenizer.encodeInto(text, options, sink)
  const ids = sink.ids.toArray()
  const offsets = sink.offsets!.toArray()
  const { postProcessor, model } = tokenizer.pipeline
  if (postProcessor?.trimOffsets) trimOffsets(ids, offsets, model.vocabulary, postProcessor.trimOffsets.addPrefixSpace)
  return {
    ids,
    typeIds: new Uint32Array(ids.length),
    attentionMask: new Uint8Array(ids.length).fill(1),
    specialTokensMask: new Uint8Array(ids.length),
    offsets,
    words: sink.words!.toArray(),
  }
}

/** The texts as they are kept, and after that what was cut off: every part of the first with every part of the second. */
function truncate(
  sequences: readonly TokenFields[],
  template: readonly TemplatePart[],
  truncation: Truncation | undefined,
): TokenFields[][] {
  if (!truncation) return [[...sequences]]
  const { stride = 0, side = 'right' } = truncation
  const most = truncation.maxLength - countSpecials(template)
  if (!Number.isInteger(most) || most < 0)
    throw new ArgumentError(
      `truncation: maxLength must be a whole number from ${countSpecials(template)}, the tokens of the template, got ${truncation.maxLength}`,
      'maxLength',
    )
  const lengths = keptLengths(
    sequences.map(({ ids }) => ids.length),
    most,
    truncation.strategy,
  )
  const cut = sequences.map((sequence, i) =>
    truncationRanges(sequence.ids.length, lengths[i]!, stride, side).map(range => sliceFields(sequence, ...range)),
  )
  const [first, second] = cut
  if (!second) return first!.map(part => [part])
  const [keptFirst, ...restOfFirst] = first!
  const [keptSecond, ...restOfSecond] = second
  return [
    [keptFirst!, keptSecond!],
    ...restOfFirst.flatMap(part => second.map(other => [part, other])),
    ...restOfSecond.map(other => [keptFirst!, other]),
  ]
}

function countSpecials(template: readonly TemplatePart[]): number {
  return template.reduce((count, part) => count + (part.kind === 'special' ? part.ids.length : 0), 0)
}

function applyTemplate(template: readonly TemplatePart[], sequences: readonly TokenFields[]): TokenFields {
  const [only] = template
  // Texts are encoded with type id 0.
  if (template.length === 1 && only!.kind === 'sequence' && only!.typeId === 0) return sequences[only!.sequence]!
  return joinFields(
    template.map(part =>
      part.kind === 'special'
        ? specialFields(part.ids, part.typeId, false)
        : withTypeId(sequences[part.sequence]!, part.typeId),
    ),
  )
}
