import { Argument, Command, Option } from 'commander'
import { debug, json } from '../commonOptions.ts'
import { count, countOrNone, positive } from '../optionValues.ts'
import type { Terminal } from '../terminal.ts'

type Finish = (exitCode: number) => void

/** `wids tokenizer` and its commands. What they need is imported when they run. */
export function tokenizerCommand(terminal: Terminal, finish: Finish): Command {
  const group = new Command('tokenizer').description('Train, use, look into and time tokenizers.')
  for (const make of [train, encode, decode, inspect, bench]) {
    const command = make(terminal, finish)
    group.addCommand(command.addOption(json()).addOption(debug()))
  }
  return group
}

const withTokenizer = (name: string): Command =>
  new Command(name)
    .requiredOption(
      '--tokenizer <file>',
      'tokenizer.json, a sentencepiece .model, a .tiktoken rank file, a vocab.txt of BERT, or a folder with ' +
        'tokenizer.json or vocab.json and merges.txt',
    )
    .addOption(
      new Option('--encoding <name>', 'encoding of a rank file (default: the name of the file)').choices([
        'r50k_base',
        'p50k_base',
        'p50k_edit',
        'cl100k_base',
        'o200k_base',
      ]),
    )

const input = (what: string): Argument => new Argument('[file]', `${what}, or - for standard input`).default('-')

const special = (): Option =>
  new Option('--special <how>', 'special tokens in the text: refuse them, take them as text or as tokens')
    .choices(['refuse', 'text', 'take'])
    .default('refuse')

const train = (terminal: Terminal, finish: Finish): Command =>
  new Command('train')
    .description('Train a tokenizer on texts of any size.')
    .argument('[files...]', 'texts in UTF-8 (default: standard input)')
    .addOption(
      new Option('--type <type>', 'what to train').choices(['bpe', 'wordpiece', 'unigram', 'char']).default('bpe'),
    )
    .option('--vocab-size <n>', 'tokens in all, at most', count, 8000)
    .option('--min-frequency <n>', 'join pairs seen so often (bpe, wordpiece)', countOrNone)
    .addOption(
      new Option('--pattern <name>', 'how bpe cuts text into words (default: gpt2)').choices([
        'gpt2',
        'cl100k',
        'o200k',
        'llama3',
        'qwen2',
      ]),
    )
    .option('--special-tokens <token...>', 'tokens that get the first ids and are never cut')
    .option('--out <file>', 'where the tokenizer goes', 'tokenizer.json')
    .action(async (files, options) => finish(await (await import('./train.ts')).train(files, options, terminal)))

const encode = (terminal: Terminal, finish: Finish): Command =>
  withTokenizer('encode')
    .description('Turn text into token ids.')
    .addArgument(input('text in UTF-8'))
    .option('--text <text>', 'this text instead of a file')
    .addOption(special())
    .option('--no-template', 'leave out the tokens that the tokenizer puts around a text')
    .option('--count', 'print only how many tokens there are')
    .action(async (file, options) => finish(await (await import('./encode.ts')).encode(file, options, terminal)))

const decode = (terminal: Terminal, finish: Finish): Command =>
  withTokenizer('decode')
    .description('Turn token ids back into text, exactly: without a line end of its own.')
    .addArgument(input('ids with spaces, commas or line ends between them'))
    .option('--skip-special', 'leave out special tokens')
    .action(async (file, options) => finish(await (await import('./decode.ts')).decode(file, options, terminal)))

const inspect = (terminal: Terminal, finish: Finish): Command =>
  withTokenizer('inspect')
    .description('Print what a tokenizer is made of, and the tokens of a text.')
    .argument('[text]', 'show its tokens with ids and offsets (UTF-16)')
    .addOption(special())
    .action(async (text, options) => finish(await (await import('./inspect.ts')).inspect(text, options, terminal)))

const bench = (terminal: Terminal, finish: Finish): Command =>
  withTokenizer('bench')
    .description('Measure how fast a tokenizer encodes a text, in MB (10^6 bytes of UTF-8) a second.')
    .addArgument(input('text in UTF-8, which is held in memory'))
    .option('--seconds <n>', 'how long to measure, at least', positive, 2)
    .action(async (file, options) => finish(await (await import('./bench.ts')).bench(file, options, terminal)))
