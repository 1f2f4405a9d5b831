"""STREUSLE and It-Happened: exact targets, and bad JSON."""

import json
from pathlib import Path

import pytest

from tests.probing.tasks.common import FIXTURES
from ticketscope.errors import InputError
from ticketscope.probing.tasks import ithappened, streusle


def test_roles_and_functions_of_single_words() -> None:
    first, second = streusle.read(FIXTURES / "streusle.json", "role")
    assert (first.id, second.id) == ("made-1", "3")
    assert first.tokens == ("Cats", "in", "my", "house", "sleep", "in", "front", "of", "me")
    assert (first.indices, first.labels) == ((1, 2), ("p.Locus", "p.Possessor"))
    assert (second.indices, second.labels) == ((0,), ("p.Beneficiary",))
    (function,) = streusle.read(FIXTURES / "streusle.json", "function")
    assert (function.indices, function.labels) == ((1, 2), ("p.Locus", "p.Gestalt"))


def test_factuality_counts_from_one() -> None:
    first, last = ithappened.read(FIXTURES / "ithappened.json")
    assert first.id == "made train 1"
    assert first.tokens == ("She", "may", "leave", "or", "stay")
    assert (first.indices, first.labels) == ((2, 4), (0.75, -1.125))
    assert (last.indices, last.labels, last.kind) == ((1,), (3.0,), "regression")


SENTENCE = {"toks": [{"word": "in"}], "swes": {"1": {"ss": "p.Locus", "ss2": "p.Locus"}}}
ENTRY = {"sentence": ["Go"], "predicate_indices": [1], "labels": [1.5]}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "expected a list of sentences"),
        ([SENTENCE, {"swes": {}}], "sentence 2: has no toks"),
        ([SENTENCE | {"swes": {"9": {"ss": "p.Locus"}}}], "sentence 1: token 8 of 1"),
        ([SENTENCE | {"swes": {"x": {"ss": "p.Locus"}}}], "sentence 1: invalid literal"),
        ([SENTENCE | {"swes": {"1": {"ss": "p.X"}, "01": {"ss": "p.Y"}}}], "token number 01"),
        ([SENTENCE | {"swes": []}], "sentence 1: "),
        ([SENTENCE | {"swes": {"1": {}}}], "sentence 1: has no ss"),
    ],
)
def test_bad_streusle(tmp_path: Path, value: object, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match=f"bad.json.*{message}"):
        list(streusle.read(path))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "expected an object of sentences"),
        ({"a": {}}, "entry a: has no sentence"),
        ({"a": ENTRY | {"predicate_indices": [0]}}, "entry a: token -1 of 1"),
        ({"a": ENTRY | {"predicate_indices": [1.5]}}, "not whole numbers"),
        ({"a": ENTRY | {"labels": []}}, "0 labels for 1 predicates"),
        ({"a": ENTRY | {"labels": [3.5]}}, r"outside \[-3, 3\]"),
        ({"a": ENTRY | {"labels": [float("nan")]}}, "not a finite number"),
        ({"a": ENTRY | {"labels": ["1.0"]}}, "labels are not numbers"),
        ({"a": ENTRY | {"labels": [True]}}, "labels are not numbers"),
        ({"a": ENTRY | {"labels": [10**400]}}, "entry a: int too large"),
        ({"a": ENTRY | {"sentence": "Go"}}, "not a list of tokens"),
        ({"a": 1}, "entry a: "),
    ],
)
def test_bad_ithappened(tmp_path: Path, value: object, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(value))
    with pytest.raises(InputError, match=f"bad.json.*{message}"):
        list(ithappened.read(path))


def test_broken_json_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('[\n{"toks": }\n]')
    with pytest.raises(InputError, match=r"bad\.json, line 2: not JSON"):
        list(streusle.read(path))
