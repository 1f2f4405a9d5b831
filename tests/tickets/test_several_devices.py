"""One ticket trained by two processes, as on two GPUs: gloo in place of NCCL, all else the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import torch

from tests.conftest import tiny_setup
from tests.lottery import retrain
from ticketscope.config import validate
from ticketscope.errors import InputError
from ticketscope.tickets import checkpoints, command
from ticketscope.tickets.masks import Mask

# 15 batches an epoch, four an update: at the end of each epoch one of two devices lacks a batch.
SETTINGS = {"dropout": 0.0, "max_tokens": 100, "update_freq": 4, "save_interval_updates": 2}

# A `--user-dir` that is ours and also notes what each process computed and ended up with.
WITNESS = """
import hashlib, json, os

import torch
from ticketscope.tickets.fairseq_plugin import MaskedTranslationTask as Task
from fairseq.distributed.utils import get_global_rank

compute, update = Task.train_step, Task.optimizer_step
sentences = []


def digest(tensors):
    return hashlib.sha256(b"".join(t.detach().numpy().tobytes() for t in tensors)).hexdigest()


def train_step(self, sample, *arguments, **options):
    if sample["ntokens"]:
        sentences.extend(sample["id"].tolist())
    return compute(self, sample, *arguments, **options)


def optimizer_step(self, optimizer, model, update_num):
    update(self, optimizer, model, update_num)
    row = [update_num, sorted(sentences), digest(model.parameters()), digest(self._masks)]
    sentences.clear()
    with open(f"{os.environ['WITNESS']}.{get_global_rank()}", "a") as out:
        print(json.dumps(row), file=out)


Task.train_step, Task.optimizer_step = train_step, optimizer_step
"""


@pytest.fixture(scope="module")
def runs(lth0, half, data_bin, tmp_path_factory):
    """The same ticket retrained by one process and by two, each with a witness; folders."""
    root = tmp_path_factory.mktemp("devices")
    (root / "witness").mkdir()
    (root / "witness/__init__.py").write_text(WITNESS)
    folders = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "PLUGIN", root / "witness")
        for devices in (1, 2):
            folders[devices] = root / str(devices)
            folders[devices].mkdir()
            patch.setenv("WITNESS", str(folders[devices] / "rank"))
            retrain(tiny_setup(data_bin, **SETTINGS, devices=devices), lth0, half, folders[devices])
    return folders


def witnessed(folder, rank):
    return [json.loads(line) for line in (folder / f"rank.{rank}").read_text().splitlines()]


def test_every_update_has_the_same_sentences_dealt_out_to_both(runs):
    alone, *both = witnessed(runs[1], 0), witnessed(runs[2], 0), witnessed(runs[2], 1)
    assert len(alone) == 8
    for whole, one, other in zip(alone, *both, strict=True):
        assert sorted(one[1] + other[1]) == whole[1]
        assert len(one[1]) > 0 < len(other[1])


def test_loss_and_weights_are_those_of_one_process_up_to_rounding(runs):
    alone, both = (pd.read_csv(runs[devices] / "log.csv") for devices in (1, 2))
    assert both["update"].tolist() == alone["update"].tolist()
    assert both["lr"].tolist() == alone["lr"].tolist()
    assert both["loss"].tolist() == pytest.approx(alone["loss"].tolist(), abs=0.001)
    weights, shared = (checkpoints.load(runs[n] / "checkpoint.pt")["model"] for n in (1, 2))
    for name, tensor in weights.items():
        # A bias of all keys changes no attention: its gradient is rounding, which Adam enlarges.
        if not name.endswith("k_proj.bias"):
            torch.testing.assert_close(shared[name], tensor, rtol=0, atol=1e-5, msg=name)


def test_both_processes_hold_the_same_bits_after_every_update_under_the_same_masks(runs):
    rows, other = (witnessed(runs[2], rank) for rank in (0, 1))
    assert [row[2] for row in rows] == [row[2] for row in other]
    assert len({row[2] for row in rows}) == len(rows), "the weights never changed"
    assert {row[3] for row in rows} == {row[3] for row in other}
    assert len({row[3] for row in rows}) == 1


def test_masked_weights_are_zero_in_what_rank_0_publishes(runs, half):
    kept = Mask.load(half)
    assert kept.sparsity == pytest.approx(0.5, abs=1e-3)
    checkpoints.check_published(checkpoints.load(runs[2] / "checkpoint.pt"), kept, "LTH1")


JOB = """
import sys
from pathlib import Path
from tests.conftest import tiny_setup
from tests.lottery import retrain
from tests.tickets.test_several_devices import SETTINGS

folder, lth0, mask, data = map(Path, sys.argv[1:])
retrain(tiny_setup(data, **SETTINGS, devices=2), lth0, mask, folder)
"""


def ranks(folder):
    """Processes that train in a folder."""
    processes = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if "--distributed-rank" in words and str(folder / "work") in words:
                processes.append(
                    (int(words[words.index("--distributed-rank") + 1]), int(entry.name))
                )
    return [pid for _, pid in sorted(processes)]


@pytest.mark.long
def test_a_killed_process_ends_the_other_and_the_next_start_ends_with_the_same_bytes(
    root, runs, lth0, half, data_bin, tmp_path
):
    def start():
        arguments = map(str, (tmp_path, lth0, half, data_bin))
        return subprocess.Popen(
            [sys.executable, "-c", JOB, *arguments],
            env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    job = start()
    while not (tmp_path / "work/checkpoint_last.pt").exists():
        assert job.poll() is None, job.stderr.read()
        time.sleep(0.005)
    pids = ranks(tmp_path)
    assert len(pids) == 2
    os.kill(pids[1], signal.SIGKILL)
    _, printed = job.communicate(timeout=300)
    assert "InputError: seed 1 magnitude LTH1 ran out of memory or was killed" in printed
    assert not ranks(tmp_path)
    assert not (tmp_path / "checkpoint.pt").exists()

    job = start()
    _, printed = job.communicate(timeout=300)
    assert job.returncode == 0, printed
    resumed, whole = ((folder / "checkpoint.pt").read_bytes() for folder in (tmp_path, runs[2]))
    assert resumed == whole


def test_a_number_of_devices_that_shares_unevenly_is_refused():
    with pytest.raises(InputError, match=r"^config error: training\.devices: given 4, must divide"):
        validate({"training": {"update_freq": 6, "devices": 4}})
    assert validate({"training": {"update_freq": 8, "devices": 4}}).training.devices == 4
