"""Where the texts of a split lie: what the settings of the rule say, and the files it opens."""

from pathlib import Path

import pytest

from ticketscope.corpus.parallel import TextFile
from ticketscope.corpus.selection import ParallelText
from ticketscope.corpus.settings import Corpus, PlainFiles
from ticketscope.corpus.sources import parallel_texts, side
from ticketscope.errors import InputError

PLAIN = PlainFiles(src="a.en", tgt="a.de")
INPUT = {"path": None, "member": None, "column": None}


def test_a_split_has_one_text_or_several():
    corpus = Corpus(train=["multi30k", PLAIN], valid="multi30k", test="toy")
    assert corpus.texts("train") == ["multi30k", PLAIN]
    assert corpus.texts("valid") == ["multi30k"]
    assert corpus.texts("unseen") == ["toy"]
    assert Corpus(train=[]).texts("train") == []


def test_only_public_texts_have_paths_in_the_settings():
    assert side("toy", "train", "en", "public") == INPUT
    assert side(PLAIN, "train", "de", "public") == INPUT
    assert side("tatoeba", "test", "de", "public") == {
        "path": "public/tatoeba/deu-eng.zip", "member": "deu.txt", "column": 1,
    }  # fmt: skip
    with pytest.raises(InputError, match="multi30k has no text in fr"):
        side("multi30k", "test", "fr", "public")


def test_inputs_fill_the_sides_without_a_path_in_order():
    parts = [
        {
            "sides": [side(text, "train", language, "public") for language in ("en", "de")],
            "held_out": held_out,
            "at_most": at_most,
        }
        for text, held_out, at_most in [
            (PLAIN, {}, 5),
            ("tatoeba", {"test": 0.1}, None),
            ("toy", {}, None),
        ]
    ]
    archive = Path("public/tatoeba/deu-eng.zip")
    assert parallel_texts(parts, "valid", ["a.en", "a.de", "toy.en", "toy.de"]) == [
        ParallelText(TextFile(Path("a.en")), TextFile(Path("a.de")), {}, "valid", 5),
        ParallelText(
            TextFile(archive, "deu.txt", 0), TextFile(archive, "deu.txt", 1), {"test": 0.1}, "valid"
        ),
        ParallelText(TextFile(Path("toy.en")), TextFile(Path("toy.de")), {}, "valid"),
    ]
