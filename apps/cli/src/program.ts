import { Command, Option } from 'commander'
import { debug, json } from './commonOptions.ts'
import { count, countOrNone, dropProbability, nonNegative, positive, probability, seed } from './optionValues.ts'
import { defaults } from './train/recipe.ts'
import type { Terminal } from './terminal.ts'
import { tokenizerCommand } from './tokenizer/commands.ts'

/**
 * The `wids` command. Each action imports what it needs when it runs, so that help is immediate.
 *
 * @param finish gets the exit code of the command that ran
 */
export function makeProgram(terminal: Terminal, version: string, finish: (exitCode: number) => void): Command {
  const program = new Command('wids')
    .description('Train transformers and generate text.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(wids --help lists the options)')
    .configureOutput({
      writeOut: text => void terminal.out.write(text),
      writeErr: text => void terminal.err.write(text),
    })
    .exitOverride()
  for (const command of [trainCommand, generateCommand, tokenizeCommand, tokenizerCommand])
    program.addCommand(command(terminal, finish))
  for (const command of withSubcommands(program)) command.copyInheritedSettings(program).exitOverride()
  return program
}

const withSubcommands = (command: Command): Command[] => command.commands.flatMap(c => [c, ...withSubcommands(c)])

type MakeCommand = (terminal: Terminal, finish: (exitCode: number) => void) => Command

/** What a resumed run has decided already. */
const settingsOfRun = [
  'data',
  'out',
  'tokenizer',
  'batch',
  'context',
  'layers',
  'heads',
  'width',
  'dropout',
  'lr',
  'minLr',
  'warmup',
  'weightDecay',
  'clip',
  'seed',
]

const trainCommand: MakeCommand = (terminal, finish) =>
  new Command('train')
    .description('Train a character-level GPT on a text; without --data, on Moby Dick.')
    .option('--data <file>', 'the text to train on, UTF-8; its last tenth is held out')
    .option('--out <folder>', 'where the checkpoint goes (default: checkpoints/NAME OF THE TEXT)')
    .addOption(
      new Option('--resume <folder>', 'continue the run in this folder, with its own settings').conflicts(
        settingsOfRun,
      ),
    )
    .option('--tokenizer <file>', 'a tokenizer file (default: one token for each character of the text)')
    .option('--steps <n>', `optimizer steps in all (default: ${defaults.steps}, or those of the resumed run)`, count)
    .option('--batch <n>', 'sequences in a step', count, defaults.batch)
    .option('--context <n>', 'tokens in a sequence', count, defaults.context)
    .option('--layers <n>', 'transformer layers', count, defaults.layers)
    .option('--heads <n>', 'attention heads; they divide the width', count, defaults.heads)
    .option('--width <n>', 'channels', count, defaults.width)
    .option('--dropout <p>', 'probability of dropout', dropProbability, defaults.dropout)
    .option('--lr <rate>', 'highest learning rate', positive, defaults.lr)
    .option('--min-lr <rate>', 'learning rate at the end (default: a tenth of --lr)', nonNegative)
    .option('--warmup <n>', 'steps until the highest learning rate (default: a twentieth of --steps)', countOrNone)
    .option('--weight-decay <rate>', 'weight decay of matrices', nonNegative, defaults.weightDecay)
    .option('--clip <norm>', 'highest norm of the gradient', positive, defaults.clip)
    .option('--seed <n>', 'seed of weights, batches and sample', seed, defaults.seed)
    .option('--save-every <n>', 'steps between checkpoints', count, defaults.saveEvery)
    .option('--sample <n>', 'tokens of text to write at the end', countOrNone, defaults.sample)
    .addOption(json())
    .addOption(debug())
    .action(async options => finish(await (await import('./train/train.ts')).train(options, terminal)))

const generateCommand: MakeCommand = (terminal, finish) =>
  new Command('generate')
    .description('Continue a text with a trained model.')
    .argument('<checkpoint>', 'folder that `wids train` wrote')
    .option('--prompt <text>', 'the text to continue, or - to read it from standard input', '\n')
    .option('--tokens <n>', 'the most tokens to generate', count, 300)
    .option('--temperature <t>', 'below 1 safer, above 1 wilder, 0 always the likeliest', nonNegative, 1)
    .option('--top-k <k>', 'choose among the k likeliest tokens', count)
    .option('--top-p <p>', 'choose among the likeliest tokens that together reach this probability', probability)
    .option('--seed <n>', 'the same seed writes the same text (default: random)', seed)
    .option('--stop <text...>', 'end before this text')
    .option('--no-cache', 'compute every token from scratch; slower, the same text')
    .addOption(json())
    .addOption(debug())
    .action(async (checkpoint, options) =>
      finish(await (await import('./generate/generate.ts')).generate(checkpoint, options, terminal)),
    )

const tokenizeCommand: MakeCommand = (terminal, finish) =>
  new Command('tokenize')
    .description('Turn text into token ids and back, or train a tokenizer.')
    .argument('[text]', 'the text, or ids with --decode (default: standard input)')
    .option('--tokenizer <file>', 'a tokenizer file, or a folder that `wids train` wrote')
    .option('--decode', 'turn ids back into text')
    .option('--train <file>', 'train a tokenizer on this text and write it to --out')
    .addOption(new Option('--type <type>', 'what to train').choices(['char', 'bpe']).default('bpe'))
    .option('--vocab-size <n>', 'tokens of a BPE tokenizer', count, 1024)
    .option('--out <file>', 'where a trained tokenizer goes', 'tokenizer.json')
    .addOption(json())
    .addOption(debug())
    .action(async (text, options) =>
      finish(await (await import('./tokenize/tokenize.ts')).tokenize(text, options, terminal)),
    )
