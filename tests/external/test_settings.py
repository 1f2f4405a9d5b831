"""external_tickets in the config: which tickets there are, and one line for each mistake."""

from pathlib import Path

import pytest

from ticketscope.config import validate
from ticketscope.errors import InputError
from ticketscope.plan.tickets import tickets_of
from ticketscope.settings import Languages

LTH0 = {"series": "dense", "k": 0, "checkpoint": "0.pt"}
LTH3 = {"series": "magnitude", "k": 3, "checkpoint": "3.pt", "mask": "3.safetensors"}
LTH8 = {"series": "magnitude", "k": 8, "checkpoint": "8.pt"}
OTHER = {"seed": 2, "series": "dense", "k": 0, "checkpoint": "2.pt"}


def config(*tickets, seeds=(1,), data="theirs", codes="codes", **more):
    external = {"data": data, "codes": codes, "tickets": list(tickets)}
    return validate({"seeds": list(seeds), "external_tickets": external} | more)


def test_the_list_says_which_tickets_there_are():
    """In the list's order of series, ascending, whatever pruning and training say."""
    external = config(LTH8, OTHER, LTH3, LTH0, seeds=(1, 2))
    assert tickets_of(external) == [
        (1, "dense", 0), (1, "magnitude", 3), (1, "magnitude", 8), (2, "dense", 0)
    ]  # fmt: skip
    assert external.external_tickets.find(1, "magnitude", 3).mask == "3.safetensors"


def test_without_a_list_pruning_says_it():
    series = ("magnitude", "random", "control")
    tickets = tickets_of(validate({"seeds": [1], "pruning": {"iterations": 1}}))
    assert tickets == [(1, "dense", 0), *((1, name, 1) for name in series)]


@pytest.mark.parametrize(
    ("tickets", "more", "message"),
    [
        ([LTH3], {}, "seed 1 has no LTH0, with which its tickets are compared: add"),
        ([LTH0, {**LTH8, "seed": 2}], {"seeds": [1, 2]}, "seed 2 has no LTH0"),
        ([LTH0, LTH3, {**LTH8, "k": 3}], {}, "seed 1 magnitude LTH3 is listed twice"),
        (
            [LTH0, LTH3, {**LTH8, "checkpoint": "3.pt"}],
            {},
            "seed 1 magnitude LTH3 and seed 1 magnitude LTH8 are the same file, 3.pt",
        ),
        (
            [LTH0, LTH3, {**LTH8, "checkpoint": "./other/../3.pt"}],
            {},
            "LTH8 are the same file, ./other/../3.pt",
        ),
        ([LTH0, {**LTH3, "k": 0}], {}, "seed 1 magnitude LTH0: give series dense to"),
        ([LTH0, {**LTH3, "series": "dense"}], {}, "seed 1 dense LTH3: give series dense to"),
        ([{**LTH0, "mask": "m.pt"}], {}, "seed 1 dense LTH0 is dense: it takes no mask"),
        ([LTH0, {**LTH3, "series": "untrained"}], {}, "untrained is the random encoder's"),
        ([LTH0, OTHER], {}, "seeds: given [1], external_tickets has the seeds [1, 2]"),
        ([LTH0, LTH3], {"probing": {"tickets": [8]}}, "the last ticket is LTH3 (external_tickets)"),
        ([LTH0], {"data": None}, "data is unset, and there are 1 tickets"),
        ([LTH0], {"codes": None}, "codes is unset, and there are 1 tickets"),
        ([], {}, "data is set, and there are 0 tickets"),
        ([LTH0], {"corpus": {"test": "newstest2014"}}, "corpus.train: is the default, toy, but"),
        ([LTH0], {"corpus": {"test": []}}, "corpus.test: lists no text"),
        (
            [{**LTH0, "chekpoint": "x"}],
            {},
            "unknown key external_tickets.tickets.0.chekpoint; did you mean "
            "external_tickets.tickets.0.checkpoint?",
        ),
    ],
)
def test_a_mistake_is_one_line(tickets, more, message):
    with pytest.raises(InputError) as caught:
        config(*tickets, **more)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_default_seeds_are_those_of_the_tickets():
    assert config(LTH0, seeds=(1, 2, 3)).seeds == [1]
    assert config(LTH0, OTHER, seeds=(1, 2, 3)).seeds == [1, 2]


def test_a_train_text_is_needed_only_to_train():
    corpus = {"train": [], "valid": "newstest2013", "test": "newstest2014"}
    assert config(LTH0, corpus=corpus).corpus.train == []
    with pytest.raises(InputError, match=r"corpus\.train: lists no text"):
        validate({"corpus": corpus})


def test_every_file_has_to_be_there(tmp_path):
    files = {
        "0.pt": r"tickets \(seed 1 dense LTH0\)",
        "3.pt": r"tickets \(seed 1 magnitude LTH3\)",
        "3.safetensors": r"tickets \(seed 1 magnitude LTH3\), mask",
        "dict.en.txt": r"data, dict\.en\.txt",
        "dict.de.txt": r"data, dict\.de\.txt",
        "codes": "codes",
    }
    paths = {name: str(tmp_path / name) for name in files}
    external = config(
        {**LTH0, "checkpoint": paths["0.pt"]},
        {**LTH3, "checkpoint": paths["3.pt"], "mask": paths["3.safetensors"]},
        data=str(tmp_path),
        codes=paths["codes"],
    ).external_tickets
    for path in paths.values():
        Path(path).touch()
    external.check_files(Languages())
    for name, key in files.items():
        (tmp_path / name).unlink()
        with pytest.raises(InputError, match=rf"external_tickets\.{key}: .*{name} does not exist"):
            external.check_files(Languages())
        (tmp_path / name).touch()


def test_a_mistake_does_not_repeat_all_tickets():
    many = [{**LTH3, "k": k, "checkpoint": f"{k}.pt"} for k in range(1, 99)]
    with pytest.raises(InputError) as caught:
        config(*many)
    assert str(caught.value).startswith(
        "config error: external_tickets: tickets: seed 1 has no LTH0"
    )
    assert len(str(caught.value)) < 250
