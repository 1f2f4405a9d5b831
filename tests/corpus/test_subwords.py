"""Subwords, fairseq's binary data, and the table of both, on a text of a few lines."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fairseq.data import Dictionary, data_utils
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.corpus.binarize import binarize
from ticketscope.corpus.counts import split_statistics
from ticketscope.corpus.dictionary import SPECIAL, read_dictionary
from ticketscope.corpus.parallel import read_lines
from ticketscope.corpus.subwords import build_subwords, encode_text, load_bpe
from ticketscope.corpus.tokenization import detokenize_line, join_subwords, tokenize_line
from ticketscope.errors import InputError

TRAIN_EN = ["The old dog sleeps.", "The old cat sleeps.", "A well-known cat & dog."] * 5
TRAIN_DE = ["Der alte Hund schläft.", "Die alte Katze schläft.", "Katze & Hund."] * 5
MAIN, LANGUAGES = ["train", "valid", "test"], ["en", "de"]
SPLITS = [*MAIN, "unseen"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "raw").mkdir()
    for split, (en, de) in {
        "train": (TRAIN_EN, TRAIN_DE),
        "valid": (TRAIN_EN[:2], TRAIN_DE[:2]),
        "test": (["The dog sleeps."], ["Der Hund schläft."]),
        "unseen": (["The xylophone sleeps."], ["Das Xylophon schläft."]),
    }.items():
        for language, lines in (("en", en), ("de", de)):
            text = "".join(line + "\n" for line in lines)
            (folder / f"raw/{split}.{language}").write_text(text)
    build_subwords(
        folder / "raw",
        folder / "bpe",
        splits=MAIN,
        languages=LANGUAGES,
        tokenizer="moses",
        size=30,
        pretokenized={},
    )
    binarize(
        {split: folder / f"bpe/{split}" for split in MAIN}, folder / "bin", source="en", target="de"
    )
    for language in LANGUAGES:
        encode_text(
            folder / f"raw/unseen.{language}",
            folder / f"bpe/unseen.{language}",
            language,
            tokenizer="moses",
            codes=folder / "bpe/codes",
        )
    binarize(
        {"test": folder / "bpe/unseen"},
        folder / "further/unseen",
        source="en",
        target="de",
        dictionaries=[folder / f"bin/dict.{language}.txt" for language in LANGUAGES],
    )
    return folder


def test_moses_tokens_are_escaped_and_dashes_split_off():
    assert (
        tokenize_line("A well-known cat & dog.", "en", "moses")
        == "A well @-@ known cat &amp; dog ."
    )


@pytest.mark.parametrize(
    "line", ['"Ja", sagte er; du & ich.', "Der U-Bahn-Hof (alt) schläft.", "Wie viel? 3,5 Euro!"]
)
def test_tokenising_and_detokenising_gives_the_text_again(line):
    assert detokenize_line(tokenize_line(line, "de", "moses"), "de", "moses") == line


@given(st.lists(st.text("abc@", min_size=1, max_size=4), min_size=1, max_size=6))
def test_joining_undoes_any_split(words):
    split = " ".join("@@ ".join(word) for word in words)
    assert join_subwords(split, "moses") == " ".join(words)


def test_subwords_are_those_of_the_command_line_tool_on_both_languages_together(corpus, tmp_path):
    """The reference is subword-nmt's own program, on text tokenised by sacremoses."""
    tokens = {
        language: "".join(
            tokenize_line(line, language, "moses") + "\n"
            for line in read_lines(corpus / f"raw/train.{language}")
        )
        for language in LANGUAGES
    }

    def run(name, text, *arguments):
        """subword-nmt's command line, file to file."""
        (tmp_path / "in").write_text(text)
        files = ["-i", str(tmp_path / "in"), "-o", str(tmp_path / "out")]
        tool = [str(Path(sys.executable).with_name("subword-nmt")), name]
        subprocess.run([*tool, *files, *arguments], check=True, capture_output=True)
        return (tmp_path / "out").read_text()

    codes = corpus / "bpe/codes"
    assert codes.read_text() == run("learn-bpe", tokens["en"] + tokens["de"], "-s", "30")
    for language in LANGUAGES:
        expected = run("apply-bpe", tokens[language], "-c", str(codes))
        assert (corpus / f"bpe/train.{language}").read_text() == expected


def test_text_that_comes_as_subwords_is_copied_and_its_codes_serve_the_rest(corpus, tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for language in LANGUAGES:
        (raw / f"train.{language}").write_text("T@@ he ca@@ t\n")
        (raw / f"test.{language}").write_text("The dog sleeps.\n")
    build_subwords(
        raw, tmp_path / "bpe", splits=["train", "test"], languages=LANGUAGES,
        tokenizer="moses", size=5,
        pretokenized={"train": f"{corpus}/bpe/codes:"},
    )  # fmt: skip
    assert read_lines(tmp_path / "bpe/train.en") == ["T@@ he ca@@ t"]
    assert read_lines(tmp_path / "bpe/test.en") == read_lines(corpus / "bpe/test.en")
    assert (tmp_path / "bpe/codes").read_bytes() == (corpus / "bpe/codes").read_bytes()


def test_codes_and_dictionaries_of_a_model_trained_elsewhere_encode_a_text_without_train(
    corpus, tmp_path
):
    build_subwords(
        corpus / "raw", tmp_path / "bpe", splits=["valid", "test"], languages=LANGUAGES,
        tokenizer="moses", size=5,
        pretokenized={}, given=corpus / "bpe/codes",
    )  # fmt: skip
    names = ["codes", *(f"{split}.{lang}" for split in ("valid", "test") for lang in LANGUAGES)]
    assert sorted(path.name for path in (tmp_path / "bpe").iterdir()) == sorted(names)
    for name in names:
        assert (tmp_path / "bpe" / name).read_bytes() == (corpus / "bpe" / name).read_bytes()
    # Separate dictionaries: the target's lacks what is rarest.
    entries = (corpus / "bin/dict.en.txt").read_text().splitlines(keepends=True)
    dictionaries = [tmp_path / "source.txt", tmp_path / "target.txt"]
    for path, lines in zip(dictionaries, (entries, entries[:-5]), strict=True):
        path.write_text("".join(lines))
    binarize(
        {split: tmp_path / f"bpe/{split}" for split in ("valid", "test")},
        tmp_path / "bin",
        source="en",
        target="de",
        dictionaries=dictionaries,
    )
    for path, language in zip(dictionaries, LANGUAGES, strict=True):
        assert (tmp_path / f"bin/dict.{language}.txt").read_text() == path.read_text()
    encoded = "bin/test.en-de.en.bin"
    assert (tmp_path / encoded).read_bytes() == (corpus / encoded).read_bytes()
    assert not list((tmp_path / "bin").glob("train*"))


@pytest.mark.parametrize("version", ["0.3", "0.0", "9"])
def test_merges_of_an_unknown_version_are_refused_before_the_first_word(tmp_path, version):
    (tmp_path / "codes").write_text(f"#version: {version}\na b</w>\n")
    with pytest.raises(
        InputError, match=r"codes, line 1: BPE codes of version .*, known are 0\.1 and 0\.2"
    ):
        load_bpe(tmp_path / "codes")


def test_a_file_that_holds_no_merges_is_named(corpus, tmp_path):
    (tmp_path / "codes").write_text("#version: 0.2\nno merge is a line of three\n")
    with pytest.raises(InputError, match="codes holds no BPE codes of subword-nmt"):
        build_subwords(
            corpus / "raw", tmp_path / "bpe", splits=["test"], languages=LANGUAGES,
            tokenizer="moses", size=5,
            pretokenized={}, given=tmp_path / "codes",
        )  # fmt: skip
    assert not (tmp_path / "bpe").exists()


def test_a_dictionary_is_read_as_fairseq_reads_it(corpus, tmp_path):
    path = corpus / "bin/dict.en.txt"
    ours, theirs = read_dictionary(path), Dictionary.load(str(path))
    assert list(ours) == theirs.symbols[SPECIAL:]
    assert list(ours.values()) == theirs.count[SPECIAL:]
    (tmp_path / "dict.txt").write_text("a 3\nb 2 #fairseq:overwrite\nc\n")
    with pytest.raises(InputError, match=r"dict\.txt, line 3: not a subword and its count"):
        read_dictionary(tmp_path / "dict.txt")


def test_fairseq_reads_back_every_subword_with_one_dictionary(corpus):
    folders = {"train": "bin/train", "valid": "bin/valid", "test": "bin/test"}
    folders["unseen"] = "further/unseen/test"
    assert (corpus / "bin/dict.en.txt").read_text() == (corpus / "bin/dict.de.txt").read_text()
    dictionary = Dictionary.load(str(corpus / "bin/dict.de.txt"))
    for split, name in folders.items():
        data = data_utils.load_indexed_dataset(str(corpus / f"{name}.en-de.de"), dictionary)
        lines = read_lines(corpus / f"bpe/{split}.de")
        assert len(data) == len(lines)
        if split != "unseen":  # it has letters that train lacks
            assert [dictionary.string(row) for row in data] == lines


def test_a_further_text_is_encoded_as_the_others_are(corpus, tmp_path):
    for name in ("test.en", "test.de"):
        encode_text(
            corpus / f"raw/{name}",
            tmp_path / name,
            name.rpartition(".")[2],
            tokenizer="moses",
            codes=corpus / "bpe/codes",
        )
        assert (tmp_path / name).read_bytes() == (corpus / f"bpe/{name}").read_bytes()
    for language in LANGUAGES:
        dictionary = f"dict.{language}.txt"
        own = (corpus / f"further/unseen/{dictionary}").read_bytes()
        assert own == (corpus / f"bin/{dictionary}").read_bytes()


def test_binarizing_is_repeatable_and_replaces_what_was_there(corpus, tmp_path):
    prefixes = {split: corpus / f"bpe/{split}" for split in MAIN}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/old").touch()
    binarize(prefixes, tmp_path / "bin", source="en", target="de")
    first = {path.name: path.read_bytes() for path in (corpus / "bin").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "bin").iterdir()} == first


def test_a_smaller_dictionary_makes_the_rare_unknown(corpus, tmp_path):
    prefixes = {split: corpus / f"bpe/{split}" for split in MAIN}
    binarize(prefixes, tmp_path / "bin", source="en", target="de", dictionary=16)
    assert len(Dictionary.load(str(tmp_path / "bin/dict.en.txt"))) == 16


def test_fairseqs_complaint_is_one_line(corpus, tmp_path):
    with pytest.raises(InputError, match=r"^fairseq-preprocess failed: .*No such file.*$"):
        binarize(
            {"train": tmp_path / "no", "valid": tmp_path / "no", "test": tmp_path / "no"},
            tmp_path / "bin",
            source="en",
            target="de",
        )
    assert list(tmp_path.iterdir()) == []


def test_statistics_count_what_is_there(corpus):
    said: list[str] = []
    table = split_statistics(
        corpus / "raw",
        corpus / "bpe",
        splits=SPLITS,
        languages=LANGUAGES,
        tokenizer="moses",
        dropped={"valid": 3},
        vocabulary={
            each: read_dictionary(corpus / f"bin/dict.{each}.txt").keys() for each in LANGUAGES
        },
        progress=said.append,
    ).set_index(["split", "language"])
    assert table.loc[("train", "en"), ["sentences", "words", "types"]].tolist() == [15, 90, 11]
    assert table.loc[("valid", "en"), ["dropped", "in_train"]].tolist() == [3, 1.0]
    # valid repeats train.
    assert [line for line in said if " in train too" in line] == [
        f"warning: 100% of the sentences of valid.{language} are in train too: scores on them show "
        "what was memorised"
        for language in LANGUAGES
    ]
    assert table.loc[("test", "de"), ["sentences", "words", "in_train", "oov"]].tolist() == [
        1,
        4,
        0,
        0,
    ]
    assert table.loc[("unseen", "en"), "oov"] > 0
    lengths = [len(line.split()) for line in read_lines(corpus / "bpe/train.en")]
    row = table.loc[("train", "en")]
    assert (row["subwords"], row["max_length"]) == (sum(lengths), max(lengths))
    assert row["mean_length"] == pytest.approx(pd.Series(lengths).mean())
    assert row["subwords_per_word"] == pytest.approx(sum(lengths) / 90)
    digest = hashlib.sha256((corpus / "raw/train.en").read_bytes()).hexdigest()
    assert row["checksum"] == f"sha256:{digest[:16]}"


@pytest.mark.parametrize(("repeated", "warned"), [(5, False), (6, True)])
def test_more_than_half_of_a_text_in_train_is_a_warning(tmp_path, repeated, warned):
    lines = [f"w{number}" for number in range(10)]
    texts = {"train": lines, "test": lines[:repeated] + ["new"] * (10 - repeated)}
    for split, sentences in texts.items():
        (tmp_path / f"{split}.en").write_text("".join(f"{sentence}\n" for sentence in sentences))
    said: list[str] = []
    split_statistics(
        tmp_path, tmp_path, splits=list(texts), languages=["en"], tokenizer="moses", dropped={},
        vocabulary={"en": {*lines, "new"}}, progress=said.append,
    )  # fmt: skip
    assert [line.split(" of ")[0] for line in said] == ["warning: 60%"] * warned


def of_split(corpus, split, vocabulary):
    """The statistics of one split, with such a dictionary for each language."""
    return split_statistics(
        corpus / "raw",
        corpus / "bpe",
        splits=[split],
        languages=LANGUAGES,
        tokenizer="moses",
        dropped={},
        vocabulary=vocabulary,
    ).set_index("language")


def test_statistics_of_train_know_what_a_cut_dictionary_lacks(corpus):
    counts = read_dictionary(corpus / "bin/dict.en.txt")
    (cut, *_) = counts
    table = of_split(corpus, "train", dict.fromkeys(LANGUAGES, counts.keys() - {cut}))
    assert (table["oov"] * table["subwords"]).sum() == pytest.approx(counts[cut])
    assert any(table["unknown"].str.contains(cut, regex=False))


def test_statistics_without_a_train_text_ask_each_languages_vocabulary(corpus):
    """No sentence can be in train, and what is unknown is what a dictionary lacks."""
    english = read_dictionary(corpus / "bin/dict.en.txt").keys()
    table = of_split(corpus, "test", {"en": english, "de": set()})
    assert table["oov"].to_dict() == {"en": 0.0, "de": 1.0}
    assert table["in_train"].isna().all()
