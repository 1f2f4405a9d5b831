"""Arcs and coreference: exact positives, and the rule by which negatives are drawn."""

import time
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probing.tasks.common import FIXTURES, only
from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import conll2012, conllu, sdp
from ticketscope.probing.tasks.pairs import Pair, balanced


def positives(instance: Instance) -> list[Pair]:
    pairs = zip(instance.pairs or (), instance.labels, strict=True)
    return [pair for pair, label in pairs if label == "1"]


def negatives(instance: Instance) -> list[Pair]:
    return [pair for pair in instance.pairs or () if pair not in positives(instance)]


def stated_rule(sentences: Iterable[tuple[list[Pair], int]]) -> list[list[tuple[Pair, str]]]:
    """The rule in other words: sorted candidates, `_randbelow`, one generator for the file."""
    generator = Random(0)
    result = []
    for arcs, size in sentences:
        examples: list[tuple[Pair, str]] = []
        for child, parent in arcs:
            heads = {p for c, p in arcs if c == child}
            allowed = sorted(set(range(size)) - heads - {child})
            examples.append(((child, parent), "1"))
            if allowed:
                index = generator._randbelow(len(allowed))  # type: ignore[attr-defined]
                examples.append(((child, allowed[index]), "0"))
        result.append(examples)
    return result


def test_syntactic_arcs() -> None:
    first, last = conllu.read_arcs(FIXTURES / "deps.conllu")  # made-2 is one word: no pair
    assert (first.id, last.id) == ("made-1", "3")
    assert positives(first) == [(0, 1), (1, 4), (2, 4), (3, 4)]
    assert first.labels == ("1", "0") * 4
    assert (last.pairs, last.labels) == (((0, 1),), ("1",))  # no other token to draw
    (expected,) = stated_rule([([(0, 1), (1, 4), (2, 4), (3, 4)], 5)])
    assert list(zip(first.pairs or (), first.labels, strict=True)) == expected


def test_syntactic_relations() -> None:
    first, last = conllu.read_relations(FIXTURES / "deps.conllu")
    assert first.pairs == ((0, 1), (1, 4), (2, 4), (3, 4))
    assert first.labels == ("amod", "nsubj", "aux", "neg")
    assert (last.pairs, last.labels) == (((0, 1),), ("nmod:poss",))


def test_semantic_arcs() -> None:
    arcs = [(0, 1), (0, 3), (3, 1)]  # Ada has two heads; now is a predicate without arguments
    instance = only(sdp.read_arcs(FIXTURES / "dm.sdp"))  # Silence has no arc
    assert instance.tokens == ("Ada", "wants", "to", "sleep", "now")
    assert (instance.id, positives(instance)) == ("20000001", arcs)
    assert (
        list(zip(instance.pairs or (), instance.labels, strict=True)) == stated_rule([(arcs, 5)])[0]
    )


def test_semantic_relations() -> None:
    instance = only(sdp.read_relations(FIXTURES / "dm.sdp"))
    assert (instance.pairs, instance.labels) == (((0, 1), (0, 3), (3, 1)), ("ARG1", "ARG1", "ARG2"))


def test_the_draw_starts_anew_in_each_file_and_depends_on_the_seed(tmp_path: Path) -> None:
    path = tmp_path / "long.conllu"
    rows = [f"{i}\tw{i}\t_\t_\tX\t_\t{i - 1}\tdep\t_\t_\n" for i in range(1, 31)]
    path.write_text("".join([*rows, "\n", *rows]))
    first, second = conllu.read_arcs(path)
    assert [first, second] == list(conllu.read_arcs(path))
    assert negatives(first) != negatives(second)  # one generator goes through the whole file
    arcs = [(i, i - 1) for i in range(1, 30)]
    drawn = [list(zip(x.pairs or (), x.labels, strict=True)) for x in (first, second)]
    assert drawn == stated_rule([(arcs, 30), (arcs, 30)])
    assert negatives(next(conllu.read_arcs(path, seed=1))) != negatives(first)


@given(st.data(), st.integers(1, 12))
def test_negatives_are_no_arcs(data: st.DataObject, size: int) -> None:
    token = st.integers(0, size - 1)
    arcs = data.draw(st.lists(st.tuples(token, token), unique=True))
    examples = balanced(arcs, size, Random(data.draw(st.integers(0, 9))))
    assert [pair for pair, label in examples if label == "1"] == arcs
    for (arc, before), (pair, label) in pairwise(examples):
        if label == "0":
            assert before == "1" and arc[0] == pair[0]
            assert pair not in arcs and pair[0] != pair[1]
    for child, _ in arcs:
        taken = {p for c, p in arcs if c == child} | {child}
        drawn = [pair for pair, label in examples if label == "0" and pair[0] == child]
        heads = [pair for pair in arcs if pair[0] == child]
        assert len(drawn) == (len(heads) if len(taken) < size else 0)


def test_coreference() -> None:
    document = only(conll2012.read(FIXTURES / "coref.gold_conll"))  # part 1 has one cluster
    assert document.id == "(made/up); part 000"
    text = "Ann told Bob that she saw the dog . He knew it , and Ann smiled ?"
    assert " ".join(document.tokens) == text
    assert document.sentences == (0, 9)
    # clusters 1 and 7 share a span and are one: Ann, she, Ann; of 3, "the dog" is two words
    assert positives(document) == [(4, 0), (14, 4), (9, 2)]
    assert document.labels == ("1", "0") * 3
    candidates = {4: {2}, 14: {2, 7, 9, 11}, 9: {0, 4, 7}}
    assert all(parent in candidates[child] for child, parent in negatives(document))
    generator = Random(0)
    order = [[2], [2, 9, 7, 11], [0, 4, 7]]  # clusters by first mention, mentions by position
    assert negatives(document) == [
        (child, generator.choice(c)) for child, c in zip((4, 14, 9), order, strict=True)
    ]


@given(
    st.lists(st.sampled_from("ab"), min_size=1, max_size=9),
    st.lists(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8))), max_size=4),
    st.integers(0, 9),
)
def test_coreference_invariants(words: list[str], groups: list[set[Pair]], seed: int) -> None:
    size = len(words)
    spans = [{(a, b) for a, b in group if a <= b < size} for group in groups]
    found = conll2012.clusters(spans)
    entity = {i: number for number, positions in enumerate(found) for i in positions}
    assert len(entity) == sum(map(len, found))  # a word is in one cluster only
    for (child, parent), label in conll2012.examples(words, found, Random(seed)):
        assert parent <= child
        assert (entity[child] == entity[parent]) == (label == "1")
        assert label == "0" or words[child] != words[parent]


ROW = "1\tIt\tit\tP\tPRP\t_\t{}\tdep\t_\t_\n"
DM = "1\tIt\tit\tPRP\t0\troot\t-\t{}\t_{}\n"
COREF = "#begin document (x); part 000\n{}\n#end document\n"


@pytest.mark.parametrize(
    ("read", "text", "line", "message"),
    [
        (conllu.read_arcs, ROW.format(2), 1, "head 2 of a sentence of 1 words"),
        (conllu.read_arcs, ROW.format("_"), 1, "head _ of"),
        (conllu.read_arcs, ROW.format(-1), 1, "head -1 of"),
        (conllu.read_arcs, ROW.format(1), 1, "the heads run in a circle"),
        (conllu.read_relations, "#\n" + ROW.format(1), 2, "the heads run in a circle"),
        (sdp.read_arcs, DM.format("x", ""), 1, "pred is x"),
        (sdp.read_arcs, DM.format("+", ""), 1, "9 columns, expected 9 and one for each of 1"),
        (sdp.read_arcs, DM.format("-", "\tARG1"), 1, "10 columns"),
        (sdp.read_relations, "1\tIt\n", 1, "2 columns, expected 9 or more"),
        (conllu.read_arcs, ROW.format("1" * 5000), 1, "head 1+"),
        (sdp.read_arcs, DM.format("+", "\t"), 1, "an argument is empty"),
        (sdp.read_relations, DM.format("+", "\t"), 1, "an argument is empty"),
        (conll2012.read, COREF.format("x 0 0 It (1"), 3, "mention 1 does not end"),
        (conll2012.read, COREF.format("x 0 0 It 1)"), 2, "mention 1 ends, but did not begin"),
        (conll2012.read, COREF.format("x 0 0 It (a)"), 2, r"coreference column \(a\)"),
        (conll2012.read, COREF.format("x 0 1 It -"), 2, "word 1, expected 0"),
        (conll2012.read, COREF.format("x 0 0 It"), 2, "4 columns, expected 5 or more"),
        (conll2012.read, "x 0 0 It -\n", 1, "a word outside of a document"),
        (conll2012.read, "#end document\n", 1, "a document ends, but none began"),
        (conll2012.read, "#begin document a\n#begin document b\n", 2, "begins inside another"),
        (
            conll2012.read,
            COREF.format("\n".join(f"x 0 {i} w{i} ({i % 2})" for i in range(20_000))),
            1,
            "99,990,000 pairs of mentions, at most 1,000,000",
        ),
    ],
)
def test_bad_files(tmp_path: Path, read, text: str, line: int, message: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "bad.txt"
    path.write_text(text)
    with pytest.raises(InputError, match=f"bad.txt, line {line}: .*{message}"):
        list(read(path))


def test_an_unfinished_document(tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("#begin document (x); part 000\n")
    with pytest.raises(InputError, match="the last document does not end"):
        list(conll2012.read(path))


def test_a_chain_of_many_words_is_read_in_linear_time(tmp_path: Path) -> None:
    """Minutes of CPU if each walk to the root, or each draw, passed all words; else a second."""
    size = 40_000
    path = tmp_path / "chain.conllu"
    path.write_text("".join(f"{i}\tw\t_\t_\tX\t_\t{i - 1}\td\t_\t_\n" for i in range(1, size + 1)))
    began = time.process_time()
    instance = only(conllu.read_arcs(path))
    assert len(instance.labels) == 2 * (size - 1)
    assert time.process_time() - began < 30


def test_many_mentions_in_one_document_are_read_in_seconds(tmp_path: Path) -> None:
    """Half a minute of CPU if each mention passed all others in Python; else a second."""
    path = tmp_path / "mentions.gold_conll"
    rows = "".join(f"x 0 {i} w{i} ({i // 2})\n" for i in range(20_000))
    path.write_text(COREF.format(rows))
    began = time.process_time()
    document = only(conll2012.read(path))
    assert document.labels.count("1") == 10_000 and document.labels.count("0") == 9_999
    assert time.process_time() - began < 10
