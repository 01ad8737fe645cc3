import { expect, it } from 'vitest'
import { mobyDick } from '../bench/corpora.ts'
import { trainUnigram } from '../src/index.ts'
import losses from './goldens/unigram-loss.json' with { type: 'json' }

it.each(Object.entries(losses))(
  'a Unigram model of %s tokens loses at most 0.005 times more than one of sentencepiece',
  (size, theirs) => {
    const lines = mobyDick()
      .split('\n')
      .filter(line => line.trim() !== '')
    const tokenizer = trainUnigram(lines, { vocabSize: Number(size), specialTokens: ['<unk>', '<s>', '</s>'] })
    const { vocab } = tokenizer.toJson()['model'] as { vocab: [string, number][] }
    let loss = 0
    for (const line of lines)
      for (const token of tokenizer.encode(line, { disallowedSpecial: 'text' })) loss -= vocab[token]![1]
    expect(loss).toBeLessThan(theirs * 1.005)
    // Pieces share one probability; without this, high scores alone would make the loss low.
    expect(vocab.slice(3).reduce((sum, [, score]) => sum + Math.exp(score), 0)).toBeLessThan(1.0001)
  },
)
