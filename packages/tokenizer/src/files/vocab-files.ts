import { byteLevelDecoder } from '../decoders/byte-level.ts'
import { wordPieceDecoder } from '../decoders/word-piece.ts'
import { FormatError } from '../errors.ts'
import { bpeFromJson } from '../models/bpe-json.ts'
import { modelFromJson } from '../models/model-from-json.ts'
import { bertNormalizer, type BertNormalizerOptions } from '../normalizers/bert.ts'
import type { AddedToken } from '../pipeline/added-tokens.ts'
import { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'
import { postProcessorFromJson } from '../post-processors/post-processor-from-json.ts'
import { byteLevelPreTokenizer } from '../pre-tokenizers/byte-level.ts'
import { bertPreTokenizer } from '../pre-tokenizers/bert.ts'
import { Fields } from './fields.ts'
import { parseJson } from './parse-json.ts'

/**
 * GPT-2's pair of files: `vocab.json` with `{ token: id }` and `merges.txt` with a merge a line.
 *
 * @example
 * const tokenizer = fromVocabAndMerges(await readFile('vocab.json', 'utf8'), await readFile('merges.txt', 'utf8'))
 */
export function fromVocabAndMerges(
  vocab: string,
  merges: string,
  options: { specialTokens?: readonly string[] } = {},
): PipelineTokenizer {
  const lines = merges.split(/\r?\n/).filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version')))
  const json = { type: 'BPE', vocab: parseJson(vocab, 'vocab.json'), merges: lines }
  const model = bpeFromJson(new Fields(json, 'model', 'vocab.json and merges.txt'), true)
  const { specialTokens = ['<|endoftext|>'].filter(token => model.vocabulary.idOf(token) >= 0) } = options
  return new PipelineTokenizer({
    addedTokens: specialTokens.map(token => specialToken(token, model.vocabulary.idOf(token), 'vocab.json')),
    preTokenizer: byteLevelPreTokenizer({ addPrefixSpace: false }),
    model,
    decoder: byteLevelDecoder(),
  })
}

/**
 * BERT's `vocab.txt`: a WordPiece token a line, whose id is the number of the line. The rest of the pipeline is BERT's;
 * `[CLS]` and `[SEP]` are put around texts if the vocabulary has them.
 *
 * @example
 * const tokenizer = fromVocabTxt(await readFile('vocab.txt', 'utf8'), { lowercase: true })
 */
export function fromVocabTxt(vocab: string, options: BertNormalizerOptions = {}): PipelineTokenizer {
  const lines = vocab.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const json = {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(lines.map((token, id) => [token, id])),
  }
  const model = modelFromJson(new Fields(json, 'model', 'vocab.txt'), false)
  const idOf = (token: string) => model.vocabulary.idOf(token)
  const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].filter(token => idOf(token) >= 0)
  const bert = { type: 'BertProcessing', cls: ['[CLS]', idOf('[CLS]')], sep: ['[SEP]', idOf('[SEP]')] }
  const hasTemplate = specials.includes('[CLS]') && specials.includes('[SEP]')
  return new PipelineTokenizer({
    addedTokens: specials.map(token => specialToken(token, idOf(token), 'vocab.txt')),
    normalizer: bertNormalizer(options),
    preTokenizer: bertPreTokenizer(),
    model,
    postProcessor: hasTemplate ? postProcessorFromJson(new Fields(bert, 'post_processor', 'vocab.txt')) : undefined,
    decoder: wordPieceDecoder(),
  })
}

function specialToken(content: string, id: number, file: string): AddedToken {
  if (id < 0)
    throw new FormatError(`${file}: the special token ${JSON.stringify(content)} is not in the vocabulary`, file)
  return { id, content, special: true, singleWord: false, lstrip: false, rstrip: false, normalized: false }
}
