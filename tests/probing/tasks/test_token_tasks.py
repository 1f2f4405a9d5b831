"""Readers whose every token has a label: exact tokens and labels of the fixtures."""

from pathlib import Path

import pytest

from tests.probing.tasks.common import FIXTURES, only
from ticketscope.errors import InputError
from ticketscope.probing.tasks import (
    ccgbank,
    conllu,
    conllx,
    semtags,
    tagged,
    trees,
)


def test_conllx_takes_the_fine_tag() -> None:
    first, second = conllx.read(FIXTURES / "pos.conllx")
    assert (first.id, first.tokens, first.labels) == (
        "1",
        ("Rain", "fell", "."),
        ("NN", "VBD", "."),
    )
    assert (second.id, second.tokens, second.labels) == ("2", ("Really", "?"), ("RB", "."))


def test_ccgbank_leaves() -> None:
    first, second = ccgbank.read(FIXTURES / "ccg.auto")
    assert first.tokens == ("Ada", "slept", ".")
    assert first.labels == ("NP", "S[dcl]\\NP", ".")
    assert (second.tokens, second.labels) == (("the", "mice"), ("NP[nb]/N", "N"))


def test_ancestors_of_an_example() -> None:
    text = "(TOP (S (NP (NNP Mr.) (NNP Brown)) (VP (VBZ plays) (NP (NNP Chess))) (. .)))"
    found = trees.leaves(text)
    assert [token for token, _ in found] == ["Mr.", "Brown", "plays", "Chess", "."]
    assert trees.ancestors(found, 1) == ("NP", "NP", "VP", "NP", "S")
    assert trees.ancestors(found, 2) == ("S", "S", "S", "VP", "None")
    assert trees.ancestors(found, 3) == ("None", "None", "None", "S", "None")


def test_trees() -> None:
    levels = [list(trees.read(FIXTURES / "trees.txt", level)) for level in (1, 2, 3)]
    first, second, third, fourth = levels[0]
    assert first.tokens == ("The", "owl", "saw", "two", "mice", "in", "hay", ".")
    assert first.labels == ("NP", "NP", "VP", "NP", "NP", "PP", "NP", "S")
    assert levels[1][0].labels == ("S", "S", "S", "NP", "NP", "NP", "PP", "None")
    assert levels[2][0].labels == ("None", "None", "None", "VP", "VP", "VP", "NP", "None")
    assert second.tokens == ("She", "left", "(", "early", ")")
    assert second.labels == ("NP", "VP", "PRN", "ADVP", "PRN")
    assert levels[2][1].labels == ("None", "None", "S", "VP", "S")
    assert (third.tokens, third.labels) == (("Yes",), ("None",))
    assert (fourth.tokens, fourth.labels) == (("Fire", "!"), ("NP", "FRAG"))


def test_conll2000() -> None:
    first, second = tagged.read_chunks(FIXTURES / "chunks.conll")
    assert first.tokens == ("The", "cat", "sleeps", ".")
    assert first.labels == ("B-NP", "I-NP", "B-VP", "O")
    # a number sign is a word here; tags that open with I- stay as they are
    assert (second.tokens, second.labels) == (("#", "now", "then"), ("B-NP", "I-ADVP", "I-NP"))


def test_conll2003_keeps_iob1_and_drops_dividers() -> None:
    first, second = tagged.read_entities(FIXTURES / "ner.conll")
    assert first.tokens == ("Ada", "Lovelace", "Paris", "Rome", "slept")
    assert first.labels == ("I-PER", "I-PER", "I-LOC", "B-LOC", "O")
    assert (second.tokens, second.labels) == (("Oslo",), ("I-LOC",))


def test_grammatical_errors() -> None:
    first, second = tagged.read_errors(FIXTURES / "ged.tsv")
    assert (first.tokens, first.labels) == (("It", "rain", "now", "#"), ("c", "i", "c", "c"))
    assert (second.tokens, second.labels) == (("We", "is"), ("c", "i"))


def test_conjuncts() -> None:
    instance = only(tagged.read_conjuncts(FIXTURES / "conjuncts.tsv"))
    assert instance.tokens == ("She", "grows", "red", "roses", "and", "tall", "oaks", ".")
    assert instance.labels == ("O", "O", "B", "I", "O", "B", "B", "O")


def test_conllu_tags_of_words_only() -> None:
    first, second, third = conllu.read_tags(FIXTURES / "deps.conllu")
    assert (first.id, second.id, third.id) == ("made-1", "made-2", "3")
    assert first.tokens == ("Old", "owls", "do", "n't", "sleep")
    assert first.labels == ("JJ", "NNS", "VBP", "RB", "VB")
    upos = next(conllu.read_tags(FIXTURES / "deps.conllu", "upos"))
    assert upos.labels == ("ADJ", "NOUN", "AUX", "PART", "VERB")


def test_parts_of_multiwords_share_the_tag() -> None:
    first, second = semtags.read(FIXTURES / "semtags.conll")
    assert first.tokens == ("Prime", "Minister", "Ada", "in", "front", ".")
    assert first.labels == ("ROL", "ROL", "PER", "REL", "REL", "NIL")
    assert (second.tokens, second.labels) == (("#", "~"), ("UNK", "NIL"))


TREES = [
    ("(S (NP (NN a))", "not closed"),
    ("(S (NN a)))", "a bracket too many"),
    ("(S (NN a)) (S (NN b))", "2 trees, expected one a line"),
    ("(TOP (S (NN a)) (S (NN b)))", "2 trees under the outermost bracket"),
    ("(S (NP (-NONE- *T*)) (VP (VB a)))", "trace"),
    ("(S (NP (NN a) b))", "token b has no bracket"),
    ("(S (NP (DT )) (NN a))", "has nothing in it"),
    ("word", "no bracket"),
    ("x ) ( )", "token x has no bracket"),
    ("(S (NN a) " * 20_000 + ")" * 20_000, "nested more than 1000 levels deep"),
]


@pytest.mark.parametrize(("text", "message"), TREES, ids=[message for _, message in TREES])
def test_bad_trees(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.trees"
    path.write_text(f"(S (NN fine))\n{text}\n")
    with pytest.raises(InputError, match=f"bad.trees, line 2: .*{message}"):
        list(trees.read(path))


BAD = [
    (conllx.read, "1\tRain\train\tN\n", "4 columns, expected 5 or more"),
    (conllx.read, "1\t\train\tN\tNN\n", "a token is empty"),
    (conllx.read, "1\tRain\train\tN\t\n", "a label is empty"),
    (conllx.read, "1\u00a0Rain\train\tN\tNN\t_\t_\n", r"word 1\\xa0Rain, expected 1"),
    (conllx.read, "2\tRain\train\tN\tNN\n", "word 2, expected 1"),
    (ccgbank.read, "ID=1\n", "no derivation follows"),
    (ccgbank.read, "ID=1\nID=2\n(<L N NN NN a N>)\n", "no derivation follows"),
    (ccgbank.read, "(<L NP NNP Ada NP>)\n", "has 4 fields, expected 5"),
    (ccgbank.read, "(<T S 0 2>)\n", "closed too early"),
    (tagged.read_chunks, "cat NN\n", "2 columns, expected 3"),
    (tagged.read_chunks, "cat NN E-NP\n", "unknown tag E-NP"),
    (tagged.read_entities, "Ada NNP I-PER\n", "3 columns, expected 4"),
    (tagged.read_entities, "Ada NNP I-NP PER\n", "unknown tag PER"),
    (tagged.read_errors, "It c\n", "1 columns, expected 2"),
    (tagged.read_errors, "It\tx\n", "unknown tag x; known are c, i"),
    (tagged.read_conjuncts, "It\tB-NP\n", "unknown tag B-NP"),
    (conllu.read_tags, "1\tIt\n", "2 columns, expected 10"),
    (conllu.read_tags, "-\tIt\tit\tP\tPRP\t_\t0\troot\t_\t_\n", "word -, expected 1"),
    (conllu.read_tags, "2\tIt\tit\tP\tPRP\t_\t0\troot\t_\t_\n", "word 2, expected 1"),
    (conllu.read_tags, "1\tIt\tit\tP\t_\t_\t0\troot\t_\t_\n", "has no xpos"),
    (semtags.read, "word NIL\n", "1 columns, expected 2 or more"),
    (
        ccgbank.read,
        "(<T NP 1 2> (<L N NN NN a N>) (<L N NN NN b N>)\n",
        "1 brackets are not closed",
    ),
    (ccgbank.read, "(<T NP 1 2> (<L N NN NN a N>) )\n", "closed too early"),
    (ccgbank.read, "(<L N NN NN a N>) )\n", "closed too early"),
    (ccgbank.read, "(<L N NN NN a N>) (<L N NN NN b N>)\n", "2 derivations, expected one"),
    (ccgbank.read, "(<T NP 1 2> (<L N NN NN a N>) (<L N NN NN\n", "neither a leaf"),
    (ccgbank.read, "(T NP 1 2> (<L N NN NN a N>) )\n", "neither a leaf"),
    (semtags.read, "word\tNIL\r\r\n", "a carriage return inside the line"),
    (semtags.read, "a\tNIL\rb\tREL\r", "a carriage return inside the line"),
    (semtags.read, "word\tNIL".encode("utf-16-le"), "a NUL character"),
    (tagged.read_chunks, "10\u00a0000 CD B-NP extra\n", "4 columns, expected 3"),
    (tagged.read_chunks, b"caf\xe9 NN B-NP\n", "not UTF-8"),
]


@pytest.mark.parametrize(("read", "text", "message"), BAD)
def test_bad_files(tmp_path: Path, read, text: str | bytes, message: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bad.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError, match=f"bad.txt, line 1: .*{message}") as error:
        list(read(path))
    assert "\n" not in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(conllx.read(tmp_path / "none"))
    with pytest.raises(InputError, match="is a folder, not a file"):
        list(conllx.read(tmp_path))
