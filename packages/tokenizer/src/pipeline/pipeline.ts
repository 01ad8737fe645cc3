import type { Decoder } from '../decoders/decoder.ts'
import type { Model } from '../models/model.ts'
import type { Normalizer } from '../normalizers/normalizer.ts'
import type { PostProcessor } from '../post-processors/post-processor.ts'
import type { PreTokenizer } from '../pre-tokenizers/pre-tokenizer.ts'
import type { AddedToken } from './added-tokens.ts'

/** The stages of a tokenizer, in the order in which text passes them. Only the model is required. */
export interface Pipeline {
  readonly addedTokens: readonly AddedToken[]
  readonly normalizer?: Normalizer | undefined
  readonly preTokenizer?: PreTokenizer | undefined
  readonly model: Model
  readonly postProcessor?: PostProcessor | undefined
  readonly decoder?: Decoder | undefined
}
