import { createBpeTrainer, fromTiktoken, fromVocabTxt, tiktokenEncodings, trainUnigram } from '../src/index.ts'
import { cjk, code, type Corpus, emoji, english, mobyDick } from './corpora.ts'
import { cpuNow, interleave, report, reportRates } from './measure.ts'
import { bertVocabulary, jsContender, nativeContender, ourTiktoken, rankFile, tiktokenContenders } from './peers.ts'

const only = process.argv[2] ?? ''
const wants = (name: string) => name.includes(only)

async function tiktoken(bench: string, name: 'cl100k_base' | 'o200k_base', corpus: Corpus): Promise<void> {
  if (!wants(bench)) return
  reportRates(bench, await interleave(tiktokenContenders(name), corpus), corpus.measured)
}

async function wordPiece(): Promise<void> {
  if (!wants('wordpiece english')) return
  const ours = fromVocabTxt(bertVocabulary().join('\n'))
  const json = ours.toJson()
  const corpus = english()
  const contenders = [
    { name: 'ours', run: (text: string) => ours.encode(text).length },
    jsContender(json),
    nativeContender(JSON.stringify(json)),
  ]
  reportRates('wordpiece english', await interleave(contenders, corpus), corpus.measured)
}

async function unigram(): Promise<void> {
  if (!wants('unigram english')) return
  const corpus = english()
  const ours = trainUnigram(corpus.warmUp.slice(0, 100), { vocabSize: 8000 })
  const json = ours.toJson()
  const contenders = [
    { name: 'ours', run: (text: string) => ours.encode(text).length },
    jsContender(json),
    nativeContender(JSON.stringify(json)),
  ]
  const part = { warmUp: corpus.warmUp.slice(100), measured: corpus.measured }
  reportRates('unigram english', await interleave(contenders, part), corpus.measured)
}

/** Offsets against none, both ours; a tokenizer each, so that neither profits from words that the other has seen. */
async function offsets(): Promise<void> {
  if (!wants('offsets')) return
  const [tracking, plain] = [ourTiktoken('cl100k_base'), ourTiktoken('cl100k_base')]
  const corpus = english()
  const contenders = [
    { name: 'with offsets', run: (text: string) => tracking.encoding(text).ids.length },
    { name: 'ids only', run: (text: string) => plain.encode(text).length },
  ]
  reportRates('offsets', await interleave(contenders, corpus, 10), corpus.measured)
}

/** Runs of one kind of character, which make naive merging quadratic. */
function longRuns(): void {
  if (!wants('long runs')) return
  const tokenizer = ourTiktoken('cl100k_base')
  const runs = { letters: 'a', spaces: ' ', emoji: '😀', cjk: '的' }
  const time = (text: string) => {
    const start = cpuNow()
    tokenizer.encode(text)
    return cpuNow() - start
  }
  for (const [name, unit] of Object.entries(runs)) {
    time(unit.repeat(100_000))
    const best = (count: number, rounds: number) =>
      Math.min(...Array.from({ length: rounds }, () => time(unit.repeat(count))))
    const [short, long] = [best(100_000, 9), best(1_000_000, 3)]
    console.log(JSON.stringify({ bench: `long runs of ${name}`, ms100k: short, ms1M: long, growth: long / short }))
  }
}

function loading(): void {
  if (!wants('loading')) return
  for (const name of ['cl100k_base', 'o200k_base'] as const) {
    const file = rankFile(name)
    const times = Array.from({ length: 7 }, () => {
      const start = cpuNow()
      fromTiktoken(file, tiktokenEncodings[name]).encode('hello')
      return cpuNow() - start
    })
    console.log(JSON.stringify({ bench: `loading ${name}`, firstMs: times[0], bestMs: Math.min(...times) }))
  }
}

/** Native training needs Python's tokenizers: `python3` or the interpreter in PYTHON. */
async function training(): Promise<void> {
  if (!wants('training')) return
  const { trainNatively } = await import('./native-training.ts')
  const book = mobyDick()
  const speeches = english().warmUp.join('')
  const corpora = { '1 MB': book, '10 MB': (speeches + book).repeat(3).slice(0, 10_000_000) }
  for (const [size, text] of Object.entries(corpora)) {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
    const ours: number[] = []
    const native: number[] = []
    for (let round = 0; round < 3; round++) {
      const start = cpuNow()
      const trainer = createBpeTrainer({ vocabSize: 30_000 })
      for (const line of lines) trainer.feed(line)
      trainer.train()
      ours.push(cpuNow() - start)
      native.push(trainNatively(lines))
    }
    report(`training ${size}`, Math.min(...ours), Math.min(...native), 'tokenizers 0.23.2 (Python, native)', 'ms')
  }
}

await tiktoken('cl100k english', 'cl100k_base', english())
await tiktoken('o200k english', 'o200k_base', english())
await tiktoken('o200k cjk', 'o200k_base', cjk())
await tiktoken('o200k code', 'o200k_base', code())
await tiktoken('o200k emoji', 'o200k_base', emoji())
await wordPiece()
await unigram()
await offsets()
longRuns()
loading()
await training()
