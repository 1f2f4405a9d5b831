"""Metrics against conlleval's rules and torchmetrics."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.functional import classification, pearson_corrcoef

from ticketscope.errors import InputError
from ticketscope.probing.metrics import Tags, metric_of
from ticketscope.representations.layout import starts

TAGS = ("B-X", "B-Y", "I-X", "I-Y", "O")
UNTYPED = ("B", "I", "O")


def conlleval(tags):
    """Segments (type, first, last), by the rules of conlleval.pl's startOfChunk and endOfChunk."""
    found, begun = [], None
    padded = [("O", "")] + [tuple((tag + "-").split("-")[:2]) for tag in tags] + [("O", "")]
    for place in range(1, len(padded)):
        (before, before_type), (tag, kind) = padded[place - 1], padded[place]
        end = before in "BI" and (tag in "BO" or kind != before_type)
        start = tag == "B" or (tag == "I" and (before == "O" or kind != before_type))
        if end and begun is not None:
            found.append((before_type, begun, place - 2))
            begun = None
        if start:
            begun = place - 1
    return found


def allennlp_bio(tags):
    """Segments by AllenNLP's `bio_tags_to_spans`: a state machine with one open span."""
    spans, active, first = [], None, 0
    for place, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        if prefix == "I" and kind == active:
            continue
        if active is not None:
            spans.append((active, first, place - 1))
        active, first = (None, 0) if prefix == "O" else (kind, place)
    return spans


@st.composite
def sentences(draw, tags):
    """Predicted and gold tags of a few sentences."""
    sizes = draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    tag = st.integers(0, len(tags) - 1)
    lists = [draw(st.lists(tag, min_size=sum(sizes), max_size=sum(sizes))) for _ in range(3)]
    return sizes, np.array(lists[:2]), np.array(lists[2])


@pytest.mark.parametrize("tags", [TAGS, UNTYPED])
@pytest.mark.parametrize("oracle", [conlleval, allennlp_bio])
def test_segments_are_conllevals(tags, oracle):
    """Spec 11.3; BIO and IOB1 are read by one rule."""

    @settings(max_examples=150)
    @given(sentences(tags))
    def check(case):
        sizes, predicted, gold = case
        offsets = starts(np.array(sizes))
        counts = metric_of("span_f1", tags).statistics(predicted, gold, offsets)
        assert counts.shape == (2, len(sizes), 3)
        for row, labels in enumerate(predicted):
            for number in range(len(sizes)):
                here = slice(offsets[number], offsets[number + 1])
                found, there = (
                    {*oracle([tags[i] for i in numbers[here]])} for numbers in (labels, gold)
                )
                expected = [len(found & there), len(found), len(there)]
                assert counts[row, number].tolist() == expected

    check()


def test_ill_formed_segments_count():
    def segments(text):
        labels = np.array([TAGS.index(tag) for tag in text.split()])
        opens, types, ends = Tags.of(TAGS).segments(labels, np.array([0, len(labels)]))
        return [(int(types[i]), int(i), int(ends[i])) for i in np.flatnonzero(opens)]

    assert segments("I-X I-X O I-Y") == [(0, 0, 2), (1, 3, 4)]
    assert segments("B-X I-Y I-Y B-Y") == [(0, 0, 1), (1, 1, 3), (1, 3, 4)]
    assert segments("O O") == []


@settings(max_examples=60)
@given(sentences(("c", "i", "j")))
def test_accuracy_and_error_f1_are_torchmetrics(case):
    sizes, predicted, gold = case
    offsets = starts(np.array(sizes))
    accuracy = metric_of("accuracy").score(predicted, gold, offsets)
    error = metric_of("error_f1", ("c", "i", "j")).score(predicted, gold, offsets)
    for row, labels in enumerate(predicted):
        both = torch.from_numpy(labels), torch.from_numpy(gold)
        expected = classification.multiclass_accuracy(*both, num_classes=3, average="micro")
        assert accuracy[row] == pytest.approx(expected.item(), abs=1e-6)
        wrong = [part == 1 for part in both]
        expected = classification.binary_f1_score(wrong[0].int(), wrong[1].int())
        assert error[row] == pytest.approx(expected.item(), abs=1e-6)


def test_pearson_is_torchmetrics_for_each_probe():
    generator = np.random.default_rng(1)
    gold = generator.normal(size=500)
    predicted = np.stack([gold * 0.3 + generator.normal(size=500), generator.normal(size=500) - 9])
    scores = metric_of("pearson").score(predicted, gold, starts(np.full(100, 5)))
    expected = pearson_corrcoef(
        torch.from_numpy(predicted.T), torch.from_numpy(gold)[:, None].expand(-1, 2)
    )
    np.testing.assert_allclose(scores, expected.numpy(), atol=1e-9)


def test_what_does_not_vary_has_no_correlation_and_none_is_beyond_one():
    """Sums over a thousand items have rounding errors, which are neither spread nor agreement."""
    gold, offsets = np.random.default_rng(1).normal(size=1000), starts(np.full(100, 10))
    pearson = metric_of("pearson")
    constant = np.arange(0.1, 1, 0.1)[:, None].repeat(1000, axis=1)
    assert not pearson.score(constant, gold, offsets).any()
    assert not any(pearson.score(gold[None], each, offsets) for each in constant)
    factors = np.arange(1, 21)[:, None]
    scores = pearson.score(np.concatenate([factors * gold, -factors * gold]), gold, offsets)
    assert np.abs(scores).max() <= 1
    np.testing.assert_allclose(scores, np.repeat([1, -1], 20))


def test_nothing_found_and_nothing_there_is_zero():
    offsets = np.array([0, 2])
    outside = np.array([[4, 4]])
    assert metric_of("span_f1", TAGS).score(outside, outside[0], offsets) == [0]


@pytest.mark.parametrize(
    ("name", "classes", "message"),
    [
        ("span_f1", ("B-X", "E-X", "O"), "unknown tag E-X"),
        ("error_f1", ("correct", "wrong"), "needs a label i, found correct, wrong"),
        ("bleu", (), "unknown metric bleu"),
    ],
)
def test_labels_that_a_metric_cannot_read(name, classes, message):
    with pytest.raises(InputError, match=message):
        metric_of(name, classes)
