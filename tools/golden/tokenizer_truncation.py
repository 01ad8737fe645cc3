"""How Hugging Face tokenizers 0.23.2 truncate texts and pairs: every strategy, side and stride, with all that overflows.

`encode` of 0.23 stops early when it truncates and so loses what overflows; `post_process` keeps all of it.
Reads the tokenizers of packages/tokenizer/test/goldens/tokenizers.json, writes truncation.json beside it.
Run: /tmp/golden/bin/python tools/golden/tokenizer_truncation.py
"""

import json
import os

from tokenizers import Tokenizer

GOLDENS = os.path.join(os.path.dirname(__file__), "../../packages/tokenizer/test/goldens")
PAIRS = [("the age of wisdom, it was", "Call me Ishmael."), ("don't", "of times, it was 😀 the")]


def details(encoding):
    # Offsets are not compared: of byte-level tokenizers they are trimmed as if every part began the text.
    parts = [encoding, *encoding.overflowing]
    return [[part.ids, part.attention_mask] for part in parts]


def attempt(process):
    # Rust's panics are BaseExceptions.
    try:
        return details(process())
    except BaseException as error:
        return str(error)


def cases(config):
    tokenizer = Tokenizer.from_str(json.dumps(config))
    plain = Tokenizer.from_str(json.dumps({**config, "post_processor": None}))
    for pair in PAIRS:
        first, second = (plain.encode(text) for text in pair)
        for strategy in ("longest_first", "only_first", "only_second"):
            for side in ("right", "left"):
                for most, stride in ((7, 0), (9, 1), (13, 2), (40, 3)):
                    tokenizer.enable_truncation(most, stride=stride, strategy=strategy, direction=side)
                    tokenizer.enable_padding(direction=side, pad_id=3, length=10)
                    yield {"texts": pair, "strategy": strategy, "side": side, "most": most, "stride": stride,
                           "single": attempt(lambda: tokenizer.post_process(first)),
                           "pair": attempt(lambda: tokenizer.post_process(first, second))}  # fmt: skip


def main():
    with open(os.path.join(GOLDENS, "tokenizers.json"), encoding="utf-8") as file:
        goldens = json.load(file)
    made = {name: list(cases(goldens[name]["json"])) for name in ("word-piece", "byte-bpe", "words")}
    with open(os.path.join(GOLDENS, "truncation.json"), "w", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
