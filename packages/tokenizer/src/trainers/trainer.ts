import type { PipelineTokenizer } from '../pipeline/pipeline-tokenizer.ts'

/** Learns a tokenizer from texts that arrive one by one. */
export interface Trainer {
  /** Takes in one text; words never span two texts. Only counts of words are kept. */
  feed(text: string): void
  /** Learns from all texts so far. */
  train(): PipelineTokenizer
}

/** Feeds all texts to a trainer and trains it. */
export function trainOn(trainer: Trainer, texts: Iterable<string>): PipelineTokenizer {
  for (const text of typeof texts === 'string' ? [texts] : texts) trainer.feed(text)
  return trainer.train()
}

/** As `trainOn`, for texts that come asynchronously, such as the lines of a file. */
export async function trainOnStream(trainer: Trainer, texts: AsyncIterable<string>): Promise<PipelineTokenizer> {
  for await (const text of texts) trainer.feed(text)
  return trainer.train()
}
