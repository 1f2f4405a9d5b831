"""What tickets have learnt of their own dropout, under the masks that they were trained with."""

import importlib
import json
import math
import re
import shutil

import pandas as pd
import pytest

from tests.conftest import ROOT
from ticketscope.errors import InputError
from ticketscope.representations.model import read_with_task
from ticketscope.tickets import checkpoints


@pytest.fixture
def repetition(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("repetition")


def test_batches_and_masks_are_those_of_the_training(repetition, lth0, data_bin):
    state, model, task = read_with_task(lth0 / "rewind/epoch2.pt", data_bin)
    done = state["optimizer_history"][-1]["num_updates"]
    batches = repetition._batches(model, task, state["cfg"], epoch=3)

    def bits(seed):
        nats = repetition._nats(model, batches[0], task.target_dictionary.pad(), seed)
        return nats / batches[0]["ntokens"] / math.log(2)

    log = pd.read_csv(lth0 / "log.csv").set_index("update")
    logged = log.loc[done + 1, "nll_loss"]  # of the update that comes next, in bits
    own = state["cfg"].common.seed + done
    assert bits(own) == pytest.approx(logged, abs=0.001)
    assert all(abs(bits(seed) - logged) > 0.002 for seed in (own + 1, own + 10**8, None))


def test_passes_are_counted_by_order(repetition, lth0, data_bin, tmp_path):
    shutil.copytree(data_bin, tmp_path / "corpus/bin")
    state = checkpoints.load(lth0 / "checkpoint.pt")
    orders = {("dense", 0): 1, ("control", 1): 1, ("control", 2): 1, ("control", 3): 1}
    orders |= {("reordered", 1): 7, ("reordered", 2): 7, ("fresh", 1): 8, ("fresh", 2): 9}
    for (series, k), seed in orders.items():
        folder = tmp_path / f"tickets/seed1/{series}/LTH{k}"
        folder.mkdir(parents=True)
        state["cfg"]["common"]["seed"] = seed
        checkpoints.save(state, folder / "checkpoint.pt")
    measured = repetition.measure(tmp_path)["bits_per_subword"]
    assert {ticket: bits["passes"] for ticket, bits in measured.items()} == {
        "LTH0": 1, "control LTH1": 2, "control LTH3": 4, "reordered LTH1": 1, "reordered LTH2": 2,
        "fresh LTH1": 1, "fresh LTH2": 1,
    }  # fmt: skip
    same = [measured[ticket]["own"] for ticket in ("LTH0", "control LTH1", "control LTH3")]
    assert len(set(same)) == 1 and measured["fresh LTH1"]["own"] not in same


def test_a_folder_without_tickets_is_named(repetition, tmp_path):
    with pytest.raises(InputError, match="tickets is empty"):
        repetition.measure(tmp_path)


def test_the_page_tells_the_numbers_that_were_measured():
    path = ROOT / "benchmarks/results/repetition_mixed-seed14.json"
    measured = json.loads(path.read_text())["bits_per_subword"]
    page = (ROOT / "docs/steps/controls.md").read_text()
    rows = [re.split(r"\s*\|\s*", row.strip("| ")) for row in re.findall(r"\|.*LTH.*\|", page)]
    told = {ticket: numbers for ticket, *numbers in rows if ticket in measured}
    assert {"LTH0", "control LTH8", "fresh LTH8", "magnitude LTH8"} <= set(told)
    for ticket, numbers in told.items():
        bits = measured[ticket]
        cells = [bits["own"], bits["none"], bits["other"], bits["other"] - bits["own"]]
        assert numbers == [str(bits["passes"]), *(f"{cell:.2f}" for cell in cells)], ticket
