"""What items are like, sentence by sentence, and under which names answers are kept."""

import numpy as np

from ticketscope.behaviour.answers import (
    TRANSLATION,
    UNIT_COLUMNS,
    Labelled,
    answered,
    arrays,
    instance_units,
    sentence_units,
)
from ticketscope.plan.names import TicketName
from ticketscope.probing.instances import Instance

SEEN = {"the": 100, "cat": 12, "sees": 10, "dog": 9}
DERIVATIONS = [
    {"english": "The cat sees", "ambiguous": [[1, "a", ["b"]]], "relations": ["det", "nsubj"]},
    {"english": "elsewhere", "ambiguous": [], "relations": ["nsubjpass", "nsubj", "punct"]},
]


def test_sentences_by_hand():
    units = sentence_units(
        ["The cat sees", "the dog", "elsewhere"],
        [["the", "cat", "sees"], ["the", "dog"], ["elsewhere"]],
        SEEN,
        DERIVATIONS,
    )
    assert list(units) == UNIT_COLUMNS
    assert set(zip(units["kind"], units["name"], strict=True)) == {TRANSLATION}
    assert units["length"].tolist() == [3, 2, 1] and units["items"].tolist() == [1, 1, 1]
    assert units["rare"].tolist() == [0, 0.5, 1]
    # The second is no line of the grammar.
    np.testing.assert_array_equal(units["ambiguous"], [1, np.nan, 0])
    np.testing.assert_array_equal(units["clauses"], [1, np.nan, 2])


def test_instances_are_those_that_were_predicted():
    labelled = {
        ("linear", "POS"): Labelled({}, np.zeros(5, int), ["7", "3"], np.array([2, 3])),
    }
    instances = {
        "POS": [
            Instance("3", ("the", "cat", "sees"), ("D", "N", "V")),
            Instance("5", ("dog",), ("N",)),
            Instance("7", ("the", "dog"), ("D", "N")),
        ]
    }
    units = instance_units(labelled, instances, SEEN)
    assert units["length"].tolist() == [2, 3] and units["items"].tolist() == [2, 3]
    assert units["rare"].tolist() == [0.5, 0] and units["clauses"].isna().all()
    assert instance_units({}, {}, SEEN).empty


def test_without_a_training_text_no_word_is_called_rare():
    assert sentence_units(["a"], [["a"]], {}, [])["rare"].isna().all()


def test_a_well_translated_sentence_is_of_class_1():
    ticket = TicketName(1, "magnitude", 3)
    predicted = np.array([7, 2])
    labelled = {("linear", "POS"): Labelled({ticket: predicted}, predicted, ["1"], np.array([2]))}
    answers = answered({TRANSLATION: {ticket: np.array([True, False])}}, labelled)
    assert answers[TRANSLATION][ticket].tolist() == [1, 0]
    assert answers[TRANSLATION][ticket].dtype == np.uint8
    assert answers["linear", "POS"][ticket].tolist() == [7, 2]


def test_answers_are_kept_seed_by_seed():
    """As joining writes them (`joined.tables`): the seed is the name's first part, and rises."""
    right = np.array([1, 0])
    named = [TicketName(seed, "magnitude", 3) for seed in (2, 1)]
    kept = arrays({key: dict.fromkeys(named, right) for key in (TRANSLATION, ("linear", "POS"))})
    assert list(kept) == [
        f"seed{seed}/magnitude/LTH3/{name}"
        for seed in (1, 2)
        for name in ("translation/chrF", "linear/POS")
    ]
