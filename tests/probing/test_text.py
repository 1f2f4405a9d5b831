"""One text for all tasks: every instance finds its own words in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.text import instance_vectors, lay_out

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


def spelled(line):
    """A subword a letter."""
    return " ".join("".join(line))


@given(tasks, st.sampled_from(["document", "sentence"]))
def test_every_instance_finds_its_words_and_no_line_comes_twice(given_tasks, context):
    text = lay_out(given_tasks, context, spelled, 100)
    together = [word for sentence in text.sentences for word in sentence]
    for key, instances in given_tasks.items():
        for instance, (first, last) in zip(instances, text.places[key], strict=True):
            assert tuple(together[first:last]) == instance.tokens
    assert text.subwords == [spelled(sentence) for sentence in text.sentences]
    if context == "document":
        assert len(set(text.sentences)) == len(text.sentences)


def test_context_decides_what_is_read_at_once():
    document = Instance("1", ("a", "b", "c"), ("x",) * 3, sentences=(0, 2))
    whole = lay_out({"Coref/test": [document]}, "document", spelled, 100)
    assert whole.sentences == [("a", "b", "c")] and not whole.divided
    divided = lay_out({"Coref/test": [document]}, "sentence", spelled, 100)
    assert divided.sentences == [("a", "b"), ("c",)] and not divided.divided


def test_a_document_that_is_too_long_goes_by_sentences_and_is_named():
    document = Instance("d1", ("aaa", "b", "cc"), ("x",) * 3, sentences=(0, 2))
    text = lay_out({"Coref/dev": [document, document]}, "document", spelled, 5)
    assert text.sentences == [("aaa", "b"), ("cc",)]
    assert text.divided == ["Coref/dev: d1"]
    assert text.places["Coref/dev"].tolist() == [[0, 3], [0, 3]]


def test_a_sentence_that_is_too_long_is_named():
    sentence = Instance("s9", ("aaa", "bbb"), ("x", "y"))
    with pytest.raises(InputError, match=r"POS/train: instance s9 has a line of 6 subwords; .* 5"):
        lay_out({"POS/train": [sentence]}, "document", spelled, 5)


def test_only_the_words_of_some_instances():
    vectors = np.arange(20.0).reshape(2, 10, 1)
    selected, rows = instance_vectors(vectors, np.array([[4, 6], [1, 2], [4, 6]]))
    assert selected[0, :, 0].tolist() == [4, 5, 1, 4, 5]
    assert selected[1, :, 0].tolist() == [14, 15, 11, 14, 15]
    assert rows.tolist() == [[0, 2], [2, 3], [3, 5]]
