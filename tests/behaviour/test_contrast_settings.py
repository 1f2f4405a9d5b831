"""Contrast sets in the config: a name, or files of one of the formats, and one line otherwise."""

from typing import get_args

import pytest
from pydantic import Field, ValidationError

from ticketscope.behaviour.contrast_sets import files_of, read_set, told_apart
from ticketscope.behaviour.settings import (
    ContrastFiles,
    ContrastLines,
    ContrastSets,
    Mlt,
    MuCoW,
)
from ticketscope.errors import InputError
from ticketscope.settings import Section

LINES = {
    "format": "lines", "source": "a.en", "correct": "b.de", "incorrect": "c.de",
    "phenomenon": "polarity.mt",
}  # fmt: skip
MLT = {"format": "mlt", "file": ["m.txt", "n.txt"], "src": ["a.en"], "tgt": ["a.de"]}


class Config(Section):
    """A config with contrast sets."""

    contrasts: ContrastSets = Field({})


def entry(value):
    return Config(contrasts={"mine": value}).contrasts["mine"]


def test_a_set_is_a_name_or_files():
    assert entry("distil_lingeval") == "distil_lingeval"
    assert entry(LINES) == ContrastLines(**LINES)
    assert isinstance(entry({"format": "mucow", "file": "m.json"}), MuCoW)
    assert entry(entry(LINES)) == entry(LINES)
    assert Config(**Config(contrasts={"a": LINES}).model_dump(mode="json")).contrasts == {
        "a": entry(LINES)
    }


def test_every_format_can_be_named():
    for kind in get_args(ContrastFiles):
        (name,) = get_args(kind.model_fields["format"].annotation)
        lists = {"file", "src", "tgt"} if kind is Mlt else set()
        keys = {key: ["x"] if key in lists else "x" for key in kind.model_fields}
        given = {**keys, "format": name} | ({"tasks": ["EF"]} if "tasks" in keys else {})
        assert type(entry(given)) is kind


@pytest.mark.parametrize(
    ("value", "place", "message"),
    [
        ({"format": "mucov", "file": "m"}, (), "with `format:`, one of tsv, lines, lingeval97"),
        ({"file": "m"}, (), "should be the name of a public set, or files with `format:`"),
        (3, (), "should be the name of a public set"),
        ({"format": "tsv"}, ("file",), "Field required"),
        ({"format": "tsv", "file": "m", "phenomenon": "x"}, ("phenomenon",), "Extra inputs"),
        (LINES | {"phenomenon": "two words"}, ("phenomenon",), "should match pattern"),
        (MLT | {"tgt": ["a.de", "b.de"]}, (), "src has 1 files, tgt has 2"),
    ],
)
def test_a_mistake_is_named_at_its_key(value, place, message):
    with pytest.raises(ValidationError) as error:
        entry(value)
    (problem,) = error.value.errors()
    # A branch's own name has a blank, which no key has.
    assert tuple(part for part in problem["loc"] if " " not in part) == (
        "contrasts",
        "mine",
        *place,
    )
    assert message in problem["msg"]


@pytest.mark.parametrize("name", ["NA", "null", "None", "nan", "2016", "1e3", "inf", "true"])
def test_a_name_that_a_table_would_not_keep_is_refused(name):
    for given in ({name: "mlt"}, {"mine": LINES | {"phenomenon": name}}):
        with pytest.raises(ValidationError, match="reads as a number or as missing"):
            Config(contrasts=given)


def test_own_files_are_listed_for_the_workflow():
    assert files_of(entry(LINES)).paths == ["a.en", "b.de", "c.de"]
    assert files_of(entry(MLT)).paths == ["m.txt", "n.txt", "a.en", "a.de"]
    assert files_of(entry(LINES)).public == []


def test_an_unknown_name_is_met_with_the_nearest(tmp_path):
    for act in (files_of, lambda name: read_set(name, tmp_path)):
        with pytest.raises(InputError, match="unknown contrast set mtl; did you mean mlt"):
            act("mtl")


def test_translations_that_are_the_same_to_a_model_are_no_contrast():
    """Its dictionary lacks both subwords that differ, or the tokeniser dropped what differed."""
    correct = ["das Ki@@ nd", "der é Hund", "ein Hund", "é", "der Hund"]
    incorrect = ["das Hund", "der ñ Hund", "ein Hund", "é é", "der Ki@@"]
    known = {"das", "der", "ein", "Hund", "nd", "Ki@@"}
    assert told_apart(correct, incorrect, known) == [0, 3, 4]
    assert told_apart(correct, incorrect, known | {"é"}) == [0, 1, 3, 4]
