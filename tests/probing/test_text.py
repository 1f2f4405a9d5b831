"""One text for all tasks: every instance finds its own words in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.probing.data import instance_vectors, load
from ticketscope.probing.instances import Instance
from ticketscope.probing.text import lay_out

words = st.lists(st.sampled_from(["a", "b", "cc"]), min_size=1, max_size=5).map(tuple)


@st.composite
def documents(draw):
    tokens = draw(words)
    starts = sorted({0, *draw(st.lists(st.integers(0, len(tokens) - 1), max_size=2))})
    sentences = tuple(starts) if draw(st.booleans()) else None
    return Instance("7", tokens, ("x",) * len(tokens), sentences=sentences)


tasks = st.dictionaries(
    st.sampled_from(["POS/train", "POS/dev", "Coref/test"]), st.lists(documents(), max_size=4)
)


def numbered(given_tasks):
    return {key: dict(enumerate(instances)) for key, instances in given_tasks.items()}


def spelled(line):
    """A subword a letter."""
    return " ".join("".join(line))


@given(tasks, st.sampled_from(["document", "sentence"]))
def test_every_instance_finds_its_words_and_no_line_comes_twice(given_tasks, context):
    text = lay_out(numbered(given_tasks), context, spelled, 100)
    together = [word for sentence in text.sentences for word in sentence]
    for key, instances in given_tasks.items():
        for instance, (first, last) in zip(instances, text.places[key].rows, strict=True):
            assert tuple(together[first:last]) == instance.tokens
    assert text.subwords == [spelled(sentence) for sentence in text.sentences]
    if context == "document":
        assert len(set(text.sentences)) == len(text.sentences)


def test_context_decides_what_is_read_at_once():
    document = Instance("1", ("a", "b", "c"), ("x",) * 3, sentences=(0, 2))
    whole = lay_out({"Coref/test": {0: document}}, "document", spelled, 100)
    assert whole.sentences == [("a", "b", "c")] and not whole.divided
    divided = lay_out({"Coref/test": {0: document}}, "sentence", spelled, 100)
    assert divided.sentences == [("a", "b"), ("c",)] and not divided.divided


def test_a_document_that_is_too_long_goes_by_sentences_and_is_named():
    document = Instance("d1", ("aaa", "b", "cc"), ("x",) * 3, sentences=(0, 2))
    text = lay_out({"Coref/dev": {0: document, 1: document}}, "document", spelled, 5)
    assert text.sentences == [("aaa", "b"), ("cc",)]
    assert text.divided == ["Coref/dev: d1"]
    assert text.places["Coref/dev"].rows.tolist() == [[0, 3], [0, 3]]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_sentence_that_is_too_long_costs_that_sentence_and_is_named(shuffled):
    long, short = Instance("s9", ("aaa", "bbb"), ("x", "y")), Instance("s8", ("a", "b"), ("x", "y"))
    tasks = {"POS/train": {3: short, 4: long, 7: short}}
    text = lay_out(tasks, "document", spelled, 5, shuffled=shuffled)
    assert text.too_long == ["POS/train: s9"]
    assert text.places["POS/train"].instances.tolist() == [3, 7]
    assert text.places["POS/train"].rows.tolist() == [[0, 2], [0, 2]]
    assert not any("aaa" in line for line in text.sentences)


def test_a_document_of_one_sentence_that_is_too_long_is_left_out():
    document = Instance("d", ("aaa", "bbb"), ("x", "y"), sentences=(0,))
    text = lay_out({"Coref/train": {0: document}}, "document", spelled, 5)
    assert text.too_long == ["Coref/train: d"] and not text.divided and not text.sentences


WORDS = ("one", "dog", "sees", "no", "cat", "here", "but", "me")


def test_permuted_sentences_give_each_word_the_subwords_it_has_there():
    """Subwords of a word spell it, wherever the permutation has put it; sentences stay apart."""
    document = Instance("1", WORDS, ("x",) * 8, sentences=(0, 5))
    text = lay_out({"Coref/test": {0: document}}, "document", spelled, 100, shuffled=True)
    original, permuted = text.sentences
    assert original == WORDS != permuted
    assert sorted(permuted[:5]) == sorted(WORDS[:5]) and sorted(permuted[5:]) == sorted(WORDS[5:])
    alignment, report = text.align("moses")
    assert not report.unalignable
    pieces = text.subwords[1].split()
    place = text.places["Coref/test"]
    ((first, last),) = place.shuffled.tolist()
    spelt = ["".join(pieces[a:b]) for a, b in alignment.spans[first:last]]
    assert tuple(spelt) == WORDS
    again = lay_out({"Coref/test": {0: document}}, "document", spelled, 100, shuffled=True)
    assert again.sentences == text.sentences
    assert again.places["Coref/test"].rows.tolist() == place.rows.tolist() == [[0, 8]]


def test_only_the_words_of_some_instances_that_have_a_vector():
    vectors = np.arange(20.0).reshape(2, 10, 1)
    rows, missing = np.array([[4, 6], [1, 2], [4, 6]]), np.zeros(5, dtype=bool)
    selected, own = instance_vectors(vectors, rows, missing)
    assert selected[0, :, 0].tolist() == [4, 5, 1, 4, 5]
    assert selected[1, :, 0].tolist() == [14, 15, 11, 14, 15]
    assert own.tolist() == [[0, 2], [2, 3], [3, 5]]
    missing[[1, 2]] = True
    selected, own = instance_vectors(vectors, rows, missing)
    assert selected[0, :, 0].tolist() == [4, 4, 5] and own.tolist() == [[0, 1], [1, 1], [1, 3]]


def test_a_word_without_subwords_is_left_out_of_its_instance():
    """The zero-width space has no subword; an instance that asks for nothing else goes, too."""
    gap = "\u200b"
    instances = [
        Instance("1", ("a", gap, "b"), ("x", "y", "z")),
        Instance("2", (gap, "a", "b"), ("x", "y"), pairs=((1, 2), (0, 2))),
        Instance("3", ("a", gap), ("x",), indices=(1,)),
        Instance("4", ("b",), ("x",)),
    ]

    def encode(line):
        return " ".join("".join(line).replace(gap, ""))

    text = lay_out({"t/test": dict(enumerate(instances))}, "document", encode, 9)
    alignment, report = text.align("moses")
    assert report.words_without_subwords == 3
    vectors = np.arange(len(alignment.spans))[None, :, None].astype(np.float32)
    data = load(instances, "t/test", text.place_arrays(), alignment.spans, vectors)
    assert [instance.id for instance in data.instances] == ["1", "2", "4"]
    first, second, _ = data.instances
    assert (first.tokens, first.labels) == (("a", "b"), ("x", "z"))
    assert (second.tokens, second.labels, second.pairs) == (("a", "b"), ("x",), ((0, 1),))
    assert data.rows.tolist() == [[0, 2], [2, 4], [4, 5]]
    assert data.vectors[0, :, 0].tolist() == [0, 2, 4, 5, 8]


def test_a_word_without_subwords_in_the_permuted_sentence_is_left_out_of_both():
    instances = [Instance("1", ("a", "b", "c"), ("x", "y", "z"))]
    places = {
        "t/test/instances": np.array([0]),
        "t/test": np.array([[0, 3]]),
        "t/test/shuffled": np.array([[3, 6]]),
    }
    spans = np.array([[0, 1], [1, 2], [2, 3], [2, 3], [1, 1], [0, 1]], dtype=np.int32)
    vectors = np.arange(6, dtype=np.float32)[None, :, None]
    data = load(instances, "t/test", places, spans, vectors)
    assert data.instances[0].tokens == ("a", "c")
    assert data.vectors[0, :, 0].tolist() == [0, 2] and data.shuffled[0, :, 0].tolist() == [3, 5]
