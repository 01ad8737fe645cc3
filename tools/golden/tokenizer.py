"""What Hugging Face tokenizers 0.23.2 and sentencepiece 0.2.2 do, part by part: normalizers, pre-tokenizers, decoders,
whole small tokenizers with offsets, truncation and padding, trainers.

Writes packages/tokenizer/test/goldens/. Run: /tmp/golden/bin/python tools/golden/tokenizer.py
"""

import base64
import io
import json
import os

import sentencepiece

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = os.path.join(os.path.dirname(__file__), "../../packages/tokenizer/test/goldens")

TEXTS = [
    "",
    " ",
    "Hello, world!",
    "  Two  spaces,\ttab\nand lines\r\n\n end  ",
    "It's 12,345 o'clock — don't YOU'LL see?",
    "naïve café, Ångström, ﬁancée, ½ ²",
    "Ελλάδα ΣΊΣΥΦΟΣ, Привет",
    "中文字符 and 日本語テキスト, ひらがなー 한국어",
    "emoji 😀👍🏽 👩‍👩‍👧 🇩🇪!",
    "a\u0301b\u0308 \u00a0nbsp\u2003em\u3000wide\u200bzero\u0085nel",
    "▁under▁score __init__ foo.bar(x)=[1];",
    "control\u0001\u0007 \ufffd char\u000b\u000c",
    "مرحبا بالعالم שלום नमस्ते ไทย",
    "x" * 12 + " " + "0123456789" * 2,
]


def write(name, data):
    os.makedirs(OUT, exist_ok=True)
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")


def config(part, field):
    """The JSON of one component: what a tokenizer.json has in that field."""
    tokenizer = Tokenizer(models.BPE())
    setattr(tokenizer, field, part)
    return json.loads(tokenizer.to_str())[field]


N, P, D = normalizers, pre_tokenizers, decoders
NORMALIZERS = [
    N.NFC(), N.NFD(), N.NFKC(), N.NFKD(), N.Lowercase(), N.StripAccents(), N.Strip(), N.Strip(left=False),
    N.Nmt(), N.Prepend("▁"), N.Replace(" ", "▁"), N.Replace(Regex(r"\s{2,}"), " "), N.Replace(Regex(r"[^\w\s]"), "-"),
    N.BertNormalizer(), N.BertNormalizer(lowercase=False), N.BertNormalizer(strip_accents=False),
    N.BertNormalizer(clean_text=False, handle_chinese_chars=False),
    N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()]),
]  # fmt: skip
PRE_TOKENIZERS = [
    P.ByteLevel(), P.ByteLevel(add_prefix_space=False), P.ByteLevel(use_regex=False), P.BertPreTokenizer(),
    P.Whitespace(), P.WhitespaceSplit(), P.Punctuation(), P.Punctuation("merged_with_previous"),
    P.Punctuation("removed"), P.Punctuation("contiguous"), P.Digits(), P.Digits(individual_digits=True),
    P.CharDelimiterSplit(" "), P.FixedLength(4), P.UnicodeScripts(), P.Metaspace(), P.Metaspace(prepend_scheme="never"),
    P.Metaspace(prepend_scheme="first", split=False), P.Metaspace(replacement="_"),
    P.Split(" ", "removed"), P.Split(" ", "merged_with_next"), P.Split(Regex(r"\w+"), "isolated"),
    P.Split(Regex(r"[A-Z]?[a-z]+|\d+"), "merged_with_previous"), P.Split(Regex(r"\p{Lu}"), "merged_with_next"),
    P.Split(Regex(r"\w+"), "removed", invert=True), P.Split(Regex(r"(?i:the|o)\b|\p{Han}++|(?>\s+)x?"), "isolated"),
    P.Split(Regex(r"[[:punct:]&&[^-]]"), "isolated"), P.Split(Regex(r"^.|.$"), "isolated"),
    P.Sequence([P.WhitespaceSplit(), P.Punctuation()]), P.Sequence([P.Digits(True), P.ByteLevel(False)]),
    P.Sequence([P.WhitespaceSplit(), P.Metaspace()]),
    P.Sequence([P.Split(Regex(r"\p{N}{1,3}"), "isolated"), P.Split(Regex("[一-龥\u3040-ゟ゠-ヿ]+"), "isolated"),
                P.Split(Regex(r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"""), "isolated")]),
]  # fmt: skip
TOKEN_LISTS = [
    ["▁Hello", "▁wor", "ld", "!"],
    ["Hello", "Ġwor", "ld", "ĊĊ", "Ã©", "ðŁĺ", "Ģ", "<|end|>"],
    ["he", "##llo", ",", "do", "n", "'", "t", ".", "##x", "n't"],
    ["he</w>", "ll", "o</w>", "</w>"],
    ["<pad>", "h", "h", "<pad>", "e", "l", "<pad>", "l", "l", "o", "|", "w", "."],
    ["<0xE4>", "<0xBD>", "<0xA0>", "a", "<0xE4>", "<0xBD>", "b", "<0x41>"],
    ["  a  ", " b", "c ", "   "],
    [],
]
DECODERS = [
    D.ByteLevel(), D.Metaspace(), D.Metaspace(prepend_scheme="never"), D.WordPiece(), D.WordPiece(cleanup=False),
    D.BPEDecoder(), D.CTC(), D.CTC(cleanup=False), D.ByteFallback(), D.Fuse(), D.Replace("l", "L"),
    D.Strip(" ", 1, 0), D.Strip(" ", 2, 1),
    D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)]),
]  # fmt: skip

TRAINING = [
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness.",
    "Call me Ishmael. Some years ago—never mind how long precisely—having little or no money in my purse.",
    "naïve café résumé, 中文 中文字, 😀😀 don't won't can't 123 1234 12345",
    "function add(first, second) { return first + second; } // adds two numbers",
] * 3


def trained(model, trainer, **parts):
    tokenizer = Tokenizer(model)
    for field, part in parts.items():
        setattr(tokenizer, field, part)
    tokenizer.train_from_iterator(TRAINING, trainer)
    return tokenizer


def template(tokenizer):
    ids = {name: tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]")}
    return processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=list(ids.items())
    )


def tokenizers():
    specials = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    word_piece = trained(
        models.WordPiece(unk_token="[UNK]"),
        trainers.WordPieceTrainer(vocab_size=220, special_tokens=specials, show_progress=False),
        normalizer=N.BertNormalizer(), pre_tokenizer=P.BertPreTokenizer(), decoder=D.WordPiece(),
    )  # fmt: skip
    word_piece.post_processor = template(word_piece)
    byte_bpe = trained(
        models.BPE(),
        trainers.BpeTrainer(vocab_size=340, special_tokens=["<s>", "</s>"], show_progress=False,
                            initial_alphabet=P.ByteLevel.alphabet()),
        pre_tokenizer=P.ByteLevel(), decoder=D.ByteLevel(),
    )  # fmt: skip
    byte_bpe.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    unigram = trained(
        models.Unigram(),
        trainers.UnigramTrainer(vocab_size=150, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False),
        normalizer=N.NFKC(), pre_tokenizer=P.Metaspace(), decoder=D.Metaspace(),
    )  # fmt: skip
    suffixed = trained(
        models.BPE(unk_token="[UNK]", fuse_unk=True),
        trainers.BpeTrainer(vocab_size=160, special_tokens=specials, end_of_word_suffix="</w>", show_progress=False),
        normalizer=N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()]), pre_tokenizer=P.Whitespace(),
        decoder=D.BPEDecoder(),
    )  # fmt: skip
    suffixed.add_tokens(["wisdom", "of times"])
    words = trained(
        models.WordLevel(unk_token="[UNK]"),
        trainers.WordLevelTrainer(vocab_size=60, special_tokens=specials, show_progress=False),
        pre_tokenizer=P.Whitespace(),
    )
    return {"word-piece": word_piece, "byte-bpe": byte_bpe, "unigram": unigram, "suffixed-bpe": suffixed, "words": words}


def details(encoding):
    return {
        "ids": encoding.ids,
        "type_ids": encoding.type_ids,
        "attention": encoding.attention_mask,
        "special": encoding.special_tokens_mask,
        "offsets": encoding.offsets,
        "overflowing": [details(part) for part in encoding.overflowing],
    }


def encodings(tokenizer):
    cases = [{"text": text, **details(tokenizer.encode(text))} for text in TEXTS + TRAINING[:2]]
    pair = ("the age of wisdom, it was the worst of times", "Call me Ishmael. don't")
    shapes = []
    for side in ("right", "left"):
        for most, stride in ((12, 0), (11, 1), (17, 2)):
            tokenizer.enable_truncation(most, stride=stride, direction=side)
            tokenizer.enable_padding(direction=side, pad_id=3, length=14, pad_to_multiple_of=None)
            shapes.append({"side": side, "most": most, "stride": stride, "padTo": 14,
                           "single": details(tokenizer.encode(pair[0])), "pair": details(tokenizer.encode(*pair))})  # fmt: skip
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return {"cases": cases, "pairTexts": pair, "pair": details(tokenizer.encode(*pair)), "shapes": shapes}


def trained_merges():
    """The merges of HF's trainer for byte-level BPE, for some options."""
    made = []
    for options in ({"vocab_size": 420}, {"vocab_size": 400, "min_frequency": 7}, {"vocab_size": 400, "max_token_length": 5}):
        tokenizer = trained(
            models.BPE(),
            trainers.BpeTrainer(initial_alphabet=P.ByteLevel.alphabet(), show_progress=False, **options),
            pre_tokenizer=P.ByteLevel(add_prefix_space=False),
        )
        made.append({"options": options, "merges": json.loads(tokenizer.to_str())["model"]["merges"]})
    return made


def trained_word_pieces():
    """Vocabularies of HF's WordPiece trainer. It numbers `##x` in the order of a hash map that differs from run to run,
    and ids break ties; with all of them among the special tokens the result is one."""
    bert = N.BertNormalizer()
    letters = sorted({c for text in TRAINING for c in bert.normalize_str(text) if not c.isspace()})
    specials = ["[UNK]", *("##" + letter for letter in letters)]
    made = []
    for options in ({"vocab_size": 170}, {"vocab_size": 400, "min_frequency": 4}, {"vocab_size": 180, "limit_alphabet": 12}):
        tokenizer = trained(
            models.WordPiece(unk_token="[UNK]"),
            trainers.WordPieceTrainer(special_tokens=specials, show_progress=False, **options),
            normalizer=bert, pre_tokenizer=P.BertPreTokenizer(),
        )  # fmt: skip
        vocab = tokenizer.get_vocab()
        made.append({"options": options, "specials": specials, "tokens": sorted(vocab, key=vocab.get)})
    return made


RULES = "A6\t61\n2126\t3a9\n3bb 301\t3bb\nFF21\t41\nFF21 FF22\t5A\nA0\t20\n9\t20\n41\t61\n"


def sentencepieces():
    """Small sentencepiece models as base64 with the ids they give. The rules are a table of our own; the usual ones are big."""
    with open("/tmp/rules.tsv", "w") as file:
        file.write(RULES.replace("A6", "2026", 1))
    variants = {
        "unigram": {"model_type": "unigram", "vocab_size": 120, "normalization_rule_tsv": "/tmp/rules.tsv"},
        "unigram-bytes": {"model_type": "unigram", "vocab_size": 380, "byte_fallback": True, "add_dummy_prefix": False,
                          "normalization_rule_name": "identity", "user_defined_symbols": ["<sep>", "times"]},
        "bpe": {"model_type": "bpe", "vocab_size": 150, "normalization_rule_tsv": "/tmp/rules.tsv"},
        "bpe-bytes": {"model_type": "bpe", "vocab_size": 420, "byte_fallback": True, "normalization_rule_name": "identity",
                      "remove_extra_whitespaces": False, "split_by_whitespace": False, "user_defined_symbols": ["<sep>", "wisdom"]},
        "bpe-behind": {"model_type": "bpe", "vocab_size": 150, "normalization_rule_tsv": "/tmp/rules.tsv",
                       "treat_whitespace_as_suffix": True},
        "unigram-kept": {"model_type": "unigram", "vocab_size": 120, "normalization_rule_tsv": "/tmp/rules.tsv",
                         "user_defined_symbols": ["ＡＢ", "Ａ", "wisdom A", "…"]},
        "word": {"model_type": "word", "vocab_size": 60, "normalization_rule_name": "identity"},
        "word-bytes": {"model_type": "word", "vocab_size": 300, "byte_fallback": True, "add_dummy_prefix": False,
                       "normalization_rule_tsv": "/tmp/rules.tsv"},
        "char": {"model_type": "char", "vocab_size": 70, "normalization_rule_tsv": "/tmp/rules.tsv",
                 "user_defined_symbols": ["<sep>", "times", "ＡＢ"]},
    }  # fmt: skip
    made = {}
    for name, options in variants.items():
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TRAINING), model_writer=model, minloglevel=2, hard_vocab_limit=False, **options
        )
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        texts = TEXTS + TRAINING[:4] + ["a<sep>b times<sep> wisdom", "ＡＢＣ Ａ λ\u0301 … \u2126 A", "▁ a ▁▁",
                                        "it was zzz qqq the  worst  \u2126 of", "ＡＡＢ…ＢwisdomＡ wisdom A wisdom  A", "   ",
                                        "it was the age of times, it was", "Call me my little or no money"]
        ids = [processor.encode(text) for text in texts]
        decoded = [processor.decode(i) for i in ids]
        made[name] = {"model": base64.b64encode(model.getvalue()).decode(), "texts": texts, "ids": ids, "decoded": decoded}
    return made


def main():
    write("trained-merges.json", trained_merges())
    write("trained-word-pieces.json", trained_word_pieces())
    write("sentencepiece.json", sentencepieces())
    write("normalizers.json", [{"config": config(part, "normalizer"), "outputs": [part.normalize_str(t) for t in TEXTS]} for part in NORMALIZERS])
    write("pre-tokenizers.json", [{"config": config(part, "pre_tokenizer"), "outputs": [part.pre_tokenize_str(t) for t in TEXTS]} for part in PRE_TOKENIZERS])
    write("decoders.json", [{"config": config(part, "decoder"), "outputs": [part.decode(t) for t in TOKEN_LISTS]} for part in DECODERS])
    write("texts.json", {"texts": TEXTS, "tokenLists": TOKEN_LISTS, "training": TRAINING})
    made = {}
    for name, tokenizer in tokenizers().items():
        decoded = [tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) for text in TEXTS]
        made[name] = {"json": json.loads(tokenizer.to_str()), "decoded": decoded, **encodings(tokenizer)}
    write("tokenizers.json", made)


if __name__ == "__main__":
    main()
