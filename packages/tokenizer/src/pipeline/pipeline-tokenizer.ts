import { byteLevelSpelling } from '../bytes/byte-alphabet.ts'
import { GrowableBytes } from '../bytes/growable.ts'
import { fromUtf8, replaceLoneSurrogates, toUtf8 } from '../bytes/utf8.ts'
import { ArgumentError } from '../errors.ts'
import { pipelineToJson } from '../files/pipeline-to-json.ts'
import { alignedText, type AlignedText, sliceAligned, sourceRange, untouchedText } from '../normalizers/normalizer.ts'
import { plainTemplate } from '../post-processors/post-processor.ts'
import { textOf } from '../text-of.ts'
import type { DecodeOptions, EncodeOptions, Tokenizer, TokenizerJson } from '../tokenizer.ts'
import { type AddedMatch, type AddedToken, AddedTokenFinder, indexAddedTokens, type Verdict } from './added-tokens.ts'
import { encodeDetails, type EncodingInput, type EncodingOptions } from './encode-details.ts'
import { type Encoding, noWord } from './encoding.ts'
import { padAll } from './padding.ts'
import type { Pipeline } from './pipeline.ts'
import { Sink } from './sink.ts'
import { PlainTextEncoder } from './text-encoder.ts'

/** A tokenizer made of pipeline stages: normalizer, pre-tokenizer, model, post-processor, decoder. */
export class PipelineTokenizer implements Tokenizer {
  readonly vocabSize: number
  readonly pipeline: Pipeline
  private readonly plain: PlainTextEncoder
  /** Encoding is synchronous, so one list of ids serves all calls. */
  private readonly scratch = new Sink()
  /** As `scratch`, with offsets. */
  readonly trackedScratch = new Sink({ offsets: true })
  /** Whether decoding is nothing but joining the bytes of tokens. */
  readonly joinsBytes: boolean
  private readonly addedById: Map<number, AddedToken>
  private readonly idByContent: Map<string, number>
  private readonly rawFinder: AddedTokenFinder
  private readonly normalizedFinder: AddedTokenFinder

  constructor(pipeline: Pipeline) {
    const { addedTokens, model, normalizer } = pipeline
    this.pipeline = pipeline
    this.plain = new PlainTextEncoder(model, pipeline.preTokenizer)
    this.joinsBytes = pipeline.decoder?.joinsBytes === true && model.vocabulary.spelling === byteLevelSpelling
    this.addedById = indexAddedTokens(addedTokens, 'tokenizer.json')
    this.idByContent = new Map(addedTokens.map(token => [token.content, token.id]))
    const normalize = (text: string) => normalizer?.normalize(untouchedText(text, 0)).value ?? text
    this.rawFinder = new AddedTokenFinder(
      addedTokens.filter(token => !token.normalized),
      text => text,
    )
    this.normalizedFinder = new AddedTokenFinder(
      addedTokens.filter(token => token.normalized),
      normalize,
    )
    this.vocabSize = addedTokens.reduce((size, token) => Math.max(size, token.id + 1), model.vocabulary.size)
  }

  encode(text: string | Uint8Array, options: EncodeOptions = {}): Uint32Array {
    const { scratch } = this
    scratch.ids.length = 0
    this.encodeWithTemplate(text, options, scratch)
    return scratch.ids.toArray()
  }

  /** Tokens of many texts; see `encodings` for padding. */
  encodeBatch(texts: readonly (string | Uint8Array)[], options: EncodeOptions = {}): Uint32Array[] {
    return texts.map(text => this.encode(text, options))
  }

  /** Tokens of a text or a pair of texts with offsets, masks, truncation and padding. */
  encoding(input: EncodingInput, options: EncodingOptions = {}): Encoding {
    return this.encodings([input], options)[0]!
  }

  /** As `encoding`, for many inputs, which are padded to one length if padding is asked for. */
  encodings(inputs: readonly EncodingInput[], options: EncodingOptions = {}): Encoding[] {
    const encodings = inputs.map(input => encodeDetails(this, input, options))
    return options.padding ? padAll(encodings, options.padding) : encodings
  }

  /** How many tokens `encode` would return. */
  count(text: string | Uint8Array, options: EncodeOptions = {}): number {
    const { scratch } = this
    scratch.ids.length = 0
    this.encodeWithTemplate(text, options, scratch)
    return scratch.ids.length
  }

  /** Whether the text has at most `limit` tokens; stops reading as soon as it has more. */
  isWithinLimit(text: string | Uint8Array, limit: number, options: EncodeOptions = {}): boolean {
    const sink = new Sink({ limit })
    this.encodeWithTemplate(text, options, sink)
    return sink.ids.length <= limit
  }

  private encodeWithTemplate(text: string | Uint8Array, options: EncodeOptions, sink: Sink): void {
    const template = options.addSpecialTokens === false ? plainTemplate : this.pipeline.postProcessor
    for (const part of (template ?? plainTemplate).single)
      if (part.kind === 'sequence') this.encodeInto(text, options, sink)
      else for (const id of part.ids) sink.ids.push(id)
  }

  /**
   * Token ids of a text all of whose special tokens count, except those that overlap one of the `untrusted` UTF-16
   * ranges. No template is put around it.
   */
  encodeTrusted(text: string, untrusted: readonly (readonly [start: number, end: number])[]): Uint32Array {
    const isUntrusted = (start: number, end: number) => untrusted.some(([from, to]) => start < to && from < end)
    // With offsets the normalized text knows where in the original it comes from.
    const sink = new Sink({ offsets: true })
    this.encodeText(text, (token, start, end) => (token.special && isUntrusted(start, end) ? 'text' : 'take'), sink)
    return sink.ids.toArray()
  }

  /** Appends the tokens of `input`, without the template. */
  encodeInto(input: string | Uint8Array, options: EncodeOptions, sink: Sink): void {
    this.encodeText(textOf(input), verdictOf(options), sink)
  }

  private encodeText(text: string, verdict: Verdict, sink: Sink): void {
    this.plain.restartWords()
    const first = sink.ids.length
    try {
      this.encodeOriginal(text, verdict, sink)
    } catch (error) {
      // Without alignment the position of an unknown character is one of the normalized text: find the original's.
      if (this.pipeline.normalizer && !sink.offsets) this.encodeOriginal(text, verdict, new Sink({ offsets: true }))
      sink.ids.length = first
      throw error
    }
  }

  private encodeOriginal(text: string, verdict: Verdict, sink: Sink): void {
    const { normalizer } = this.pipeline
    // Normalizers must see what lone surrogates become.
    const wellFormed = normalizer ? replaceLoneSurrogates(text) : text
    this.forEachStretch(this.rawFinder, untouchedText(text, 0), verdict, sink, (start, end) => {
      const stretch = wellFormed.slice(start, end)
      const aligned = normalizer && sink.offsets ? alignedText(stretch, start) : untouchedText(stretch, start)
      this.encodeNormalized(normalizer?.normalize(aligned) ?? aligned, verdict, start === 0, sink)
    })
  }

  private encodeNormalized(text: AlignedText, verdict: Verdict, isTextStart: boolean, sink: Sink): void {
    this.forEachStretch(this.normalizedFinder, text, verdict, sink, (start, end) =>
      this.plain.encode(sliceAligned(text, start, end), isTextStart && start === 0, sink),
    )
  }

  /** Pushes the added tokens of `text` and calls `encode` for each stretch between them, in order. */
  private forEachStretch(
    finder: AddedTokenFinder,
    text: AlignedText,
    verdict: Verdict,
    sink: Sink,
    encode: (start: number, end: number) => void,
  ): void {
    const { value } = text
    const { matches, refused } = finder.find(value, (token, start, end) =>
      verdict(token, ...sourceRange(text, start, end)),
    )
    if (refused) throw refusedToken(refused, sourceRange(text, refused.start, refused.end)[0])
    let at = 0
    for (const match of matches) {
      if (match.start > at) encode(at, match.start)
      if (sink.isFull) return
      pushAdded(match, sink, sourceRange(text, match.start, match.end))
      at = match.end
    }
    if (at < value.length) encode(at, value.length)
  }

  decode(ids: ArrayLike<number>, options: DecodeOptions = {}): string {
    const { decoder } = this.pipeline
    if (this.joinsBytes) return fromUtf8(this.joinBytes(ids, options))
    const tokens: string[] = []
    for (let i = 0; i < ids.length; i++) {
      const id = this.checkId(ids, i)
      const added = this.addedById.get(id)
      if (added?.special && options.skipSpecialTokens) continue
      tokens.push(added?.content ?? this.pipeline.model.vocabulary.tokenOf(id)!)
    }
    return decoder ? decoder.decode(tokens).join('') : tokens.join(' ')
  }

  /** The UTF-8 bytes of ids; for byte-level models also those of an incomplete character. */
  decodeBytes(ids: ArrayLike<number>, options: DecodeOptions = {}): Uint8Array {
    if (this.joinsBytes) return this.joinBytes(ids, options)
    return toUtf8(this.decode(ids, options))
  }

  private joinBytes(ids: ArrayLike<number>, options: DecodeOptions): Uint8Array {
    const { vocabulary } = this.pipeline.model
    const bytes = new GrowableBytes(ids.length * 4)
    for (let i = 0; i < ids.length; i++) {
      const id = this.checkId(ids, i)
      const added = this.addedById.get(id)
      if (!added) {
        bytes.reserve(vocabulary.lengthOf(id))
        bytes.length = vocabulary.copyTo(id, bytes.data, bytes.length)
      } else if (!(added.special && options.skipSpecialTokens)) bytes.append(toUtf8(added.content))
    }
    return bytes.data.subarray(0, bytes.length)
  }

  private checkId(ids: ArrayLike<number>, index: number): number {
    const id = ids[index]!
    if (this.addedById.has(id) || this.pipeline.model.vocabulary.has(id)) return id
    throw new ArgumentError(
      `decode: no token has id ${id} (at index ${index}); ids of this tokenizer are below ${this.vocabSize}`,
      'ids',
      index,
    )
  }

  tokenToId(token: string): number | undefined {
    const id = this.idByContent.get(token) ?? this.pipeline.model.vocabulary.idOf(token)
    return id < 0 ? undefined : id
  }

  idToToken(id: number): string | undefined {
    return this.addedById.get(id)?.content ?? this.pipeline.model.vocabulary.tokenOf(id)
  }

  toJson(): TokenizerJson {
    return pipelineToJson(this.pipeline)
  }
}

function verdictOf({ allowedSpecial = [], disallowedSpecial = 'error' }: EncodeOptions): Verdict {
  if (allowedSpecial === 'all') return () => 'take'
  const allowed = new Set(allowedSpecial)
  const otherwise = disallowedSpecial === 'text' ? 'text' : 'refuse'
  return token => (!token.special || allowed.has(token.content) ? 'take' : otherwise)
}

function refusedToken({ token }: AddedMatch, position: number): ArgumentError {
  return new ArgumentError(
    `encode: the text holds the special token ${JSON.stringify(token.content)} at position ${position}; pass ` +
      `allowedSpecial: [${JSON.stringify(token.content)}] to encode it as that token, or disallowedSpecial: 'text' ` +
      'to encode it as ordinary text',
    'text',
    position,
  )
}

function pushAdded(match: AddedMatch, sink: Sink, [start, end]: [number, number]): void {
  sink.ids.push(match.token.id)
  if (!sink.offsets) return
  sink.pushOffsets(start, end, noWord)
}
