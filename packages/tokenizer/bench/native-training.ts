import { spawnSync } from 'node:child_process'

const script = `
import sys, time
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
lines = sys.stdin.buffer.read().decode().splitlines(keepends=True)
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trainer = trainers.BpeTrainer(vocab_size=30000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
start = time.process_time()
tokenizer.train_from_iterator(lines, trainer)
print((time.process_time() - start) * 1000)
`

/** CPU milliseconds that Hugging Face's native trainer takes on one thread. */
export function trainNatively(lines: readonly string[]): number {
  const { stdout, stderr } = spawnSync(process.env['PYTHON'] ?? 'python3', ['-c', script], {
    input: lines.join(''),
    encoding: 'utf8',
    env: { ...process.env, RAYON_NUM_THREADS: '1', TOKENIZERS_PARALLELISM: 'false' },
  })
  const time = Number.parseFloat(stdout)
  if (Number.isNaN(time)) throw new Error(`Python's tokenizers did not train: ${stderr}`)
  return time
}
