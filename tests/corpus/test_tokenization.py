"""Each way of tokenisation: text to subwords, words to subwords, and hypotheses back to text."""

import hashlib
import random
import re
from itertools import pairwise

import pytest
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

from ticketscope.corpus.grammar.generate import generate, write_corpus
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import build_subwords, load_encoder, subword_encoder
from ticketscope.corpus.tokenization import detokenize_line, join_subwords, tokenize_line
from ticketscope.errors import InputError
from ticketscope.representations.alignment import align, align_text

SPLITS, LANGUAGES = ["train", "valid", "test", "unseen"], ["en", "de"]
ODD = [
    'A well-known cat & dog , 3-4 " times " [ or ] more .',
    "self - made a|b <b>it 's</b> can not don't @-@ x@@ y",
    "½ liter … naïve café e-mail U-Bahn-Hof",
]
# What version 0.2.0 made, which knew no other tokenisation.
SUBWORDS = "a38040355e9e6a51514a12022b72653ad56961730ffe1704fd87a0e455bc5d7e"
ALIGNED = "c33540883501311e35ece34566efab5e0e154e0d29e6142b9dff2d63cfbc1136"


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """A small text of the grammar, raw and as subwords by default."""
    folder = tmp_path_factory.mktemp("toy")
    sizes = {"train": 400, "valid": 50, "test": 50, "unseen": 50}
    write_corpus(generate(seed=1, longest=12, exponent=3.0, **sizes), folder / "raw")
    build(folder / "raw", folder / "bpe", "moses")
    return folder


def build(raw, out, tokenizer, **more):
    build_subwords(
        raw, out, splits=SPLITS, languages=LANGUAGES, tokenizer=tokenizer, size=300,
        pretokenized={}, progress=str, **more,
    )  # fmt: skip


def test_the_default_has_the_bytes_that_it_always_had(toy):
    content = b"".join(path.read_bytes() for path in sorted((toy / "bpe").iterdir()))
    assert hashlib.sha256(content).hexdigest() == SUBWORDS
    words = [line.split() for line in ODD]
    lines = list(map(subword_encoder(toy / "bpe/codes", "en", "moses"), words))
    alignment, report = align_text(words, lines, "moses")
    content = "\n".join(lines).encode() + alignment.spans.tobytes()
    content += alignment.word_offsets.tobytes() + str(report).encode()
    assert hashlib.sha256(content).hexdigest() == ALIGNED


@pytest.mark.parametrize(
    ("tokenizer", "tokens"),
    [
        ("moses", "A well @-@ known cat &amp; dog ."),
        ("moses-no-dash-splits", "A well-known cat &amp; dog ."),
        ("space", "A well-known cat & dog."),
    ],
)
def test_tokens_and_the_way_back(tokenizer, tokens):
    line = "A well-known  cat\t& dog."
    assert tokenize_line(line, "en", tokenizer) == tokens
    split = tokens.replace("known", "kno@@ wn")
    assert join_subwords(split, tokenizer) == tokens
    assert detokenize_line(split, "en", tokenizer) == "A well-known cat & dog."


@pytest.mark.parametrize("tokenizer", ["moses-no-dash-splits", "space"])
def test_words_are_aligned_with_the_subwords_of_each_tokenisation(tokenizer):
    """The reference is the word that each piece was cut from."""
    words = ["A", "well-known", "cat", "&", "dog", "with", "@-@", "and", "&amp;", ",", "e-mail"]
    pieces, spans = [], []
    for word in words:
        token = tokenize_line(word, "en", tokenizer).replace(" ", "@@ ").split()
        own = [piece for part in token for piece in cut(part)]
        spans.append([len(pieces), len(pieces) + len(own)])
        pieces += own
    alignment = align(words, pieces, tokenizer)
    assert alignment.problem is None
    assert alignment.spans.tolist() == spans


def cut(token: str) -> list[str]:
    """A token in pieces of at most two characters, all but the last marked."""
    glue = "@@" if token.endswith("@@") else ""
    parts = re.findall("..?", token.removesuffix("@@"))
    return [part + "@@" for part in parts[:-1]] + [parts[-1] + glue]


@pytest.fixture(scope="module")
def model(toy):
    """A SentencePiece model of the grammar's text."""
    SentencePieceTrainer.train(
        input=[str(toy / f"raw/train.{language}") for language in LANGUAGES],
        model_prefix=str(toy / "spm"), vocab_size=400, minloglevel=2,
    )  # fmt: skip
    return toy / "spm.model"


def test_sentencepieces_model_makes_the_pieces_and_the_text_comes_back(toy, model, tmp_path):
    """The reference is SentencePiece's own decoder."""
    processor = SentencePieceProcessor(model_file=str(model))
    build(toy / "raw", tmp_path / "bpe", "sentencepiece", given=model)
    assert (tmp_path / "bpe/codes").read_bytes() == model.read_bytes()
    for language in LANGUAGES:
        text = read_lines(toy / f"raw/unseen.{language}")
        pieces = read_lines(tmp_path / f"bpe/unseen.{language}")
        assert [processor.decode(line.split()) for line in pieces] == text
        assert [detokenize_line(line, language, "sentencepiece") for line in pieces] == text
        assert any(
            len(line.split()) > len(raw.split()) for line, raw in zip(pieces, text, strict=True)
        )


def test_words_are_aligned_with_sentencepieces(model):
    """The reference are the characters by which SentencePiece's decoder goes on with each piece."""
    processor = SentencePieceProcessor(model_file=str(model))
    encode = subword_encoder(model, "en", "sentencepiece")
    draw = random.Random(1)
    vocabulary = ["The", "old", "well-known", ",", ".", "sleeps", "&", "@@", "@-@", "naïve", "3-4"]
    for _ in range(200):
        words = draw.choices(vocabulary, k=draw.randint(1, 8))
        text, pieces = " ".join(words), encode(words).split()
        alignment = align(words, pieces, "sentencepiece")
        assert alignment.problem is None
        ends = [len(processor.decode(pieces[:number])) for number in range(len(pieces) + 1)]
        expected, start = [], 0
        for word in words:
            place = range(start, start + len(word))
            own = [
                number
                for number, piece in enumerate(pairwise(ends))
                if any(at in place and text[at] != " " for at in range(*piece))
            ]
            expected.append([own[0], own[-1] + 1])
            start = place.stop + 1  # after the space
        assert alignment.spans.tolist() == expected, pieces


def test_what_sentencepiece_writes_otherwise_is_reported_and_still_aligned(model):
    words = ["½", "liter", "…", "dog"]
    alignment = align(
        words, subword_encoder(model, "en", "sentencepiece")(words).split(), "sentencepiece"
    )
    assert alignment.problem is not None
    assert (alignment.spans[:, 0] < alignment.spans[:, 1]).all()
    assert (alignment.spans[1:, 0] >= alignment.spans[:-1, 1]).all()


def test_a_file_that_is_no_model_is_named(tmp_path, model):
    (tmp_path / "spm.model").write_text("#version: 0.2\na b\n")
    for path in (tmp_path / "spm.model", tmp_path / "none"):
        with pytest.raises(InputError, match=f"^{re.escape(str(path))} is missing, or no model"):
            load_encoder(path, "sentencepiece")


def test_bytes_are_refused(toy, model):
    SentencePieceTrainer.train(
        input=str(toy / "raw/train.en"), model_prefix=str(toy / "bytes"), vocab_size=600,
        byte_fallback=True, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    with pytest.raises(InputError, match="falls back to bytes"):
        load_encoder(toy / "bytes.model", "sentencepiece")
