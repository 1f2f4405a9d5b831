"""What tickets are asked on a device: nothing is made elsewhere, and all is as on the CPU."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
import torch

from tests.lottery import quiet
from tests.pretend_gpu import DEVICE, PretendGpu
from tests.representations.conftest import CLOSE, TINY, save_untrained
from ticketscope.behaviour import erasure
from ticketscope.behaviour.contrast_scores import score_contrasts
from ticketscope.behaviour.erased import diverge_erased
from ticketscope.behaviour.force_decoding import encode_pairs
from ticketscope.behaviour.paths import Pair, walk
from ticketscope.behaviour.probabilities import diverge
from ticketscope.behaviour.sensitivity import silenced, sites
from ticketscope.behaviour.spot_check import Sentences, SpotCheck
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.tickets import checkpoints

PACE = {"max_tokens": 30, "progress": quiet}


@pytest.fixture(scope="module")
def path(data_bin, tmp_path_factory):
    return save_untrained(data_bin, tmp_path_factory.mktemp("model") / "checkpoint.pt", *TINY)


@pytest.fixture(scope="module")
def eraser():
    """Fitted on the host, as always."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 200)
    return erasure.fit(generator.normal(size=(200, 16)) + labels[:, None], labels)


def check_of(loaded, pairs, max_tokens=30):
    return SpotCheck(loaded, Sentences(*pairs, pairs[1], "de", "moses"), max_tokens=max_tokens)


def equal_on_both(ask, path, data_bin):
    """Ask a model on the CPU and one on the device; arrays by name, which must be the same.

    But for roundings: on the CPU, torch joins steps of attention that it does not join elsewhere.
    """
    expected = ask(load_model(path, data_bin, "cpu"))
    with PretendGpu() as gpu:
        computed = ask(load_model(path, data_bin, DEVICE))
    assert gpu.uploads > 0 and gpu.reads
    assert expected.keys() == computed.keys() and expected
    for name, values in expected.items():
        np.testing.assert_allclose(computed[name], values, **CLOSE, err_msg=str(name))
    return expected


def test_contrasts_are_scored_as_on_the_cpu_and_without_a_task_too(path, data_bin, pairs, eraser):
    sides = {"source": pairs[0], "correct": pairs[1], "incorrect": pairs[1][::-1]}
    plain, erased = (
        equal_on_both(
            lambda loaded, change=change: score_contrasts(
                loaded, sides, intervention=change, **PACE
            ),
            path,
            data_bin,
        )
        for change in (None, eraser)
    )
    assert (plain["margin"] != erased["margin"]).any()


def test_predictions_diverge_as_on_the_cpu_and_without_a_task_too(path, data_bin, pairs, eraser):
    def ask(loaded):
        source, (target,) = encode_pairs(loaded, pairs[0], [pairs[1]])
        found = {"itself": diverge(loaded, loaded, source, target, **PACE)}
        found |= diverge_erased(loaded, source, target, {"erased": [eraser]}, **PACE)
        return {
            (name, number): values
            for name, divergence in found.items()
            for number, values in enumerate(astuple(divergence))
        }

    found = equal_on_both(ask, path, data_bin)
    assert np.abs(found["itself", 0]).max() < 1e-6 < found["erased", 0].min()


def test_translations_and_losses_are_those_of_the_cpu(path, data_bin, pairs, eraser):
    def ask(loaded):
        check = check_of(loaded, pairs)
        lost = {}
        for site in sites(loaded.model)[:4]:
            with silenced(loaded.model, site):
                lost[site] = check.loss()
        # In a batch, fairseq drops sentences that have ended by a list of numbers, which torch
        # sends to the device where PretendGpu does not see it.
        alone = check_of(loaded, pairs, max_tokens=1)
        plain, erased = alone.statistics(), alone.statistics(eraser)
        return lost | {"whole": check.loss(), "plain": plain, "erased": erased}

    found = equal_on_both(ask, path, data_bin)
    assert len({float(loss) for name, loss in found.items() if name not in ("plain", "erased")}) > 3


def test_segments_are_walked_as_on_the_cpu(path, data_bin, pairs):
    ends = TicketName(1, "dense", 0), TicketName(1, "magnitude", 1)
    start = checkpoints.parameters(checkpoints.load(path))
    weights = {ends[0]: start, ends[1]: {name: 0.9 * values for name, values in start.items()}}
    pair = Pair("previous", ends[1], ends[0])

    def ask(loaded):
        table = walk(
            check_of(loaded, pairs), weights, [pair], points=3, translated=0, progress=quiet
        )
        assert isinstance(table, pd.DataFrame)
        return {"loss": table["loss"].to_numpy()}

    assert len(set(equal_on_both(ask, path, data_bin)["loss"])) == 3


def test_what_is_left_on_the_host_is_noticed(path, data_bin, pairs):
    """So the tests above can fail: a real GPU would refuse this intervention too."""
    sides = {"source": pairs[0], "correct": pairs[1], "incorrect": pairs[1]}
    shift = torch.ones(16)
    score_contrasts(load_model(path, data_bin), sides, intervention=lambda x: x + shift, **PACE)
    with PretendGpu():
        loaded = load_model(path, data_bin, DEVICE)
        with pytest.raises(AssertionError, match="mixes tensors of the device with others"):
            score_contrasts(loaded, sides, intervention=lambda x: x + shift, **PACE)
