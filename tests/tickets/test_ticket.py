"""The lottery with the real fairseq: LTH0, cut, rewind, retrain, kill, resume."""

import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pytest
import torch

from tests.conftest import tiny_setup
from tests.lottery import prune, quiet, retrain, train
from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import command
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.rewinding import start_checkpoint
from ticketscope.tickets.settings import Series
from ticketscope.tickets.training import run


@pytest.fixture(scope="session")
def lth1(lth0, data_bin, tmp_path_factory):
    folder = tmp_path_factory.mktemp("LTH1")
    prune(lth0, folder / "mask.safetensors")
    retrain(tiny_setup(data_bin), lth0, folder / "mask.safetensors", folder)
    return folder


def test_lth0_learns_and_leaves_a_tidy_log(lth0):
    log = pd.read_csv(lth0 / "log.csv")
    assert list(log.columns) == [
        "update", "epoch", "lr", "loss", "nll_loss", "tokens_per_second",
    ]  # fmt: skip
    assert log["update"].tolist() == list(range(1, len(log) + 1))
    assert log["epoch"].iloc[-1] == 4
    assert log["loss"].iloc[-5:].mean() < log["loss"].iloc[:5].mean() - 1
    assert not (lth0 / "work").exists()


def test_the_ticket_stays_sparse_and_everything_else_trains(lth0, lth1):
    mask = Mask.load(lth1 / "mask.safetensors")
    assert mask.sparsity == pytest.approx(0.5, abs=1e-3)
    before, after = (
        checkpoints.parameters(checkpoints.load(folder / "checkpoint.pt"))
        for folder in (lth0, lth1)
    )
    for name, kept in mask.kept.items():
        kept_entries = torch.from_numpy(kept)
        assert torch.count_nonzero(after[name][~kept_entries]) == 0
    moved = [name for name in before if not torch.equal(before[name], after[name])]
    assert moved == list(before)


def test_masked_adam_moments_are_zero_too(lth1):
    state = checkpoints.load(lth1 / "checkpoint.pt")
    mask = Mask.load(lth1 / "mask.safetensors")
    moments = state["last_optimizer_state"]["state"]
    alive = 0
    for index, name in enumerate(checkpoints.parameters(state)):
        if name in mask.kept:
            cut = torch.from_numpy(~mask.kept[name])
            assert torch.count_nonzero(moments[index]["exp_avg"][cut]) == 0
            assert torch.count_nonzero(moments[index]["exp_avg_sq"][cut]) == 0
            alive += int(torch.count_nonzero(moments[index]["exp_avg_sq"][~cut]))
    assert alive > 0


def test_the_learning_rate_replays_the_dense_runs_second_half(lth0, lth1):
    dense, sparse = (pd.read_csv(folder / "log.csv") for folder in (lth0, lth1))
    second_half = dense[dense["epoch"] > 2]
    assert sparse["update"].tolist() == second_half["update"].tolist()
    np.testing.assert_allclose(sparse["lr"], second_half["lr"])


def test_rewinding_to_where_nothing_was_cut_repeats_the_dense_run(lth0, data_bin, tmp_path):
    """Weight rewinding without pruning is LTH0's own second half: same batches, same bytes."""
    path = retrain(tiny_setup(data_bin), lth0, lth0 / "mask.safetensors", tmp_path, kind="weights")
    dense, again = (checkpoints.load(p) for p in (lth0 / "checkpoint.pt", path))
    for name, tensor in dense["model"].items():
        assert torch.equal(tensor, again["model"][name]), name


def test_the_kinds_of_rewinding_take_each_part_from_the_right_place(lth0, lth1):
    last = checkpoints.load(lth1 / "checkpoint.pt")
    rewound = checkpoints.load(lth0 / "rewind/epoch2.pt")
    mask = Mask.load(lth1 / "mask.safetensors")
    norm = "encoder.layers.0.final_layer_norm.weight"
    for kind, weights, schedule in (
        ("learning_rate", last, rewound),
        ("weights", rewound, rewound),
        ("none", last, last),
    ):
        start = start_checkpoint(kind, last, rewound, mask)
        assert torch.equal(start["model"][norm], weights["model"][norm])
        assert start["last_optimizer_state"] is weights["last_optimizer_state"]
        assert start["optimizer_history"] == schedule["optimizer_history"]
        assert start["extra_state"]["train_iterator"] == schedule["extra_state"]["train_iterator"]
        cut = torch.from_numpy(~mask.kept["encoder.layers.0.fc1.weight"])
        assert torch.count_nonzero(start["model"]["encoder.layers.0.fc1.weight"][cut]) == 0


def test_fine_tuning_goes_on_from_the_end(lth0, lth1, data_bin, tmp_path):
    retrain(
        tiny_setup(data_bin), lth0, lth1 / "mask.safetensors", tmp_path, kind="none", max_epoch=6
    )
    log = pd.read_csv(tmp_path / "log.csv")
    assert log["epoch"].iloc[0] > 4
    assert log["epoch"].iloc[-1] == 6
    checkpoints.check_published(
        checkpoints.load(tmp_path / "checkpoint.pt"),
        Mask.load(lth1 / "mask.safetensors"),
        "fine-tuned",
    )


@pytest.mark.parametrize(
    "extra",
    [
        {"weight_decay": 0.1},
        {"clip_norm": 0.5, "update_freq": 2},
    ],
)
def test_masks_hold_under_weight_decay_clipping_and_accumulation(
    lth0, lth1, data_bin, tmp_path, extra
):
    path = retrain(
        tiny_setup(data_bin, max_epoch=3, **extra),
        lth0,
        lth1 / "mask.safetensors",
        tmp_path,
        max_epoch=3,
    )
    checkpoints.check_published(
        checkpoints.load(path), Mask.load(lth1 / "mask.safetensors"), "retrained"
    )


def test_without_the_plugins_mask_the_weights_revive(lth0, lth1, data_bin, tmp_path):
    """The negative control: zeroing once is not enough, so the checks above can fail."""
    mask = Mask.load(lth1 / "mask.safetensors")
    start = start_checkpoint(
        "learning_rate",
        checkpoints.load(lth0 / "checkpoint.pt"),
        checkpoints.load(lth0 / "rewind/epoch2.pt"),
        mask,
    )
    checkpoints.save(start, tmp_path / "start.pt")
    setup = tiny_setup(data_bin)
    run(
        command(setup, tmp_path, max_epoch=3, cpu=True, start=tmp_path / "start.pt"),
        name="control",
        max_epoch=3,
        rows=tmp_path / "rows.jsonl",
        devices=1,
        gpu=None,
        progress=quiet,
    )
    with pytest.raises(InputError, match=r"masked weights of .* are not zero"):
        checkpoints.check_published(
            checkpoints.load(tmp_path / "checkpoint_last.pt"), mask, "control"
        )


def test_the_next_iteration_is_nested_and_the_control_cuts_nothing(lth0, lth1, tmp_path):
    before = Mask.load(lth1 / "mask.safetensors")
    after = prune(lth1, tmp_path / "2.safetensors", k=2)
    assert after.is_nested_in(before)
    assert after.sparsity == pytest.approx(0.75, abs=1e-3)
    control = prune(lth0, tmp_path / "c.safetensors", series=Series(criterion="none"))
    assert control.pruned == 0
    random = prune(lth0, tmp_path / "r.safetensors", series=Series(criterion="random"))
    assert random.pruned == before.pruned
    assert not random.is_nested_in(before)


def test_embeddings_and_biases_are_prunable_on_request(lth0, tmp_path):
    def names(**flags):
        return dense_mask(lth0 / "checkpoint.pt", output=tmp_path / "m", **flags).kept

    assert not any("bias" in name for name in names(embeddings=False, biases=False))
    assert [n for n in names(embeddings=True, biases=True) if "embed" in n] == [
        "encoder.embed_tokens.weight"
    ], "tied embeddings are one parameter"


def test_a_model_without_anything_to_prune_has_no_mask(tmp_path):
    torch.save({"model": {"encoder.embed_tokens.weight": torch.ones(4, 2)}}, tmp_path / "c.pt")
    with pytest.raises(InputError, match=r"c\.pt has no prunable parameter"):
        dense_mask(tmp_path / "c.pt", embeddings=False, biases=True, output=tmp_path / "m")
    assert not (tmp_path / "m").exists()


KILLED = """
import sys
from pathlib import Path
from tests.conftest import tiny_setup
from tests.lottery import retrain

folder, lth0, mask, data = map(Path, sys.argv[1:])
setup = tiny_setup(data, max_epoch=10, save_interval_updates=4)
progress = lambda line: print(line, file=sys.stderr, flush=True)
retrain(setup, lth0, mask, folder, max_epoch=10, progress=progress)
"""


@pytest.mark.long
def test_a_job_killed_again_and_again_ends_with_the_same_bytes(
    root, lth0, lth1, data_bin, tmp_path
):
    """Real SIGKILLs, in the middle of epochs, each after at least one more save."""
    script = tmp_path / "job.py"
    script.write_text(textwrap.dedent(KILLED))

    def start(folder):
        folder.mkdir(exist_ok=True)
        arguments = [folder, lth0, lth1 / "mask.safetensors", data_bin]
        return subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    kills = 0
    last = tmp_path / "killed/work/checkpoint_last.pt"
    while kills < 3:
        process = start(tmp_path / "killed")
        seen = last.stat().st_mtime_ns if last.exists() else 0
        while process.poll() is None:
            if last.exists() and last.stat().st_mtime_ns > seen:
                break
            time.sleep(0.005)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills == 3, "the training ended before it could be killed three times"
    assert not (tmp_path / "killed/checkpoint.pt").exists()
    finished = start(tmp_path / "killed")
    _, printed = finished.communicate()
    assert finished.returncode == 0, printed
    assert "resumes at epoch" in printed
    undisturbed = start(tmp_path / "undisturbed")
    assert undisturbed.wait() == 0
    killed, whole = (tmp_path / run / "checkpoint.pt" for run in ("killed", "undisturbed"))
    assert killed.read_bytes() == whole.read_bytes()
    log = pd.read_csv(tmp_path / "killed/log.csv")
    assert log["update"].is_unique


@pytest.mark.long
def test_averaging_is_the_mean_of_the_last_epochs_and_leaves_training_alone(
    lth0, data_bin, tmp_path
):
    train(
        tiny_setup(data_bin, average_checkpoints=2),
        tmp_path,
        rewind_points={3: tmp_path / "epoch3.pt"},
        averaged=tmp_path / "averaged.pt",
    )
    last = checkpoints.load(tmp_path / "checkpoint.pt")["model"]
    before = checkpoints.load(tmp_path / "epoch3.pt")["model"]
    for name, tensor in checkpoints.load(tmp_path / "averaged.pt")["model"].items():
        expected = (last[name].double() + before[name].double()) / 2
        assert torch.equal(tensor, expected.to(tensor.dtype)), name
    for name, tensor in checkpoints.load(lth0 / "checkpoint.pt")["model"].items():
        assert torch.equal(last[name], tensor), name


def test_another_order_of_the_data_is_another_seed_of_fairseq_and_another_recipe(data_bin):
    plain = tiny_setup(data_bin)
    reordered = dataclasses.replace(plain, order_seed=2)
    options = command(reordered, data_bin, max_epoch=1, cpu=True)
    assert options[options.index("--seed") + 1] == "2001"
    options = command(plain, data_bin, max_epoch=1, cpu=True)
    assert options[options.index("--seed") + 1] == "1"
    assert reordered.recipe() != plain.recipe()
