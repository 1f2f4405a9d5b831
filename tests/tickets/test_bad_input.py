"""Bad input gets one clear line and costs nothing that was finished."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from tests.conftest import tiny_setup
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.prune import prune as prune_ticket
from ticketscope.tickets.settings import Series
from ticketscope.tickets.train_dense import train_dense

MAGNITUDE = Series(criterion="magnitude", scope="global")


@pytest.fixture
def copy(lth0, tmp_path):
    """LTH0's folder, to be damaged."""
    return Path(shutil.copytree(lth0, tmp_path / "LTH0"))


def prune(folder: Path) -> None:
    prune_ticket(
        folder / "checkpoint.pt",
        folder / "mask.safetensors",
        series=MAGNITUDE,
        fraction=0.2,
        seed=1,
        k=1,
        output=folder / "next.safetensors",
    )


def refuse(folder: Path, message: str) -> None:
    """Pruning says so in one line, writes nothing and leaves what is there alone."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(InputError, match=message) as error:
        prune(folder)
    assert "\n" not in str(error.value)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before


def test_what_is_refused_below_is_accepted_whole(copy):
    prune(copy)
    assert Mask.load(copy / "next.safetensors").pruned


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_checkpoint(copy, keep):
    path = copy / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    refuse(
        copy, r"checkpoint .*checkpoint\.pt is corrupt or truncated \(.+\): delete it and run again"
    )


def test_a_checkpoint_that_is_something_else(copy):
    torch.save({"weights": torch.ones(3)}, copy / "checkpoint.pt")
    refuse(copy, r"checkpoint\.pt is not a fairseq checkpoint: it holds no model")


def test_a_checkpoint_that_would_run_code(copy, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"model": Evil()}, copy / "checkpoint.pt")
    refuse(copy, r"checkpoint\.pt is corrupt or truncated")
    assert not (tmp_path / "ran").exists()


def test_a_missing_checkpoint(copy):
    (copy / "checkpoint.pt").unlink()
    refuse(copy, r"checkpoint .*checkpoint\.pt is missing")


@pytest.mark.parametrize("content", [b"", b"\xff" * 64])
def test_a_corrupt_mask(copy, content):
    (copy / "mask.safetensors").write_bytes(content)
    refuse(copy, r"mask .*mask\.safetensors is corrupt or truncated")


def test_a_mask_of_another_architecture(copy):
    mask = Mask.load(copy / "mask.safetensors")
    name = next(iter(mask.kept))
    mask.kept[name] = mask.kept[name][..., :-1].copy()
    mask.save(copy / "mask.safetensors")
    refuse(copy, rf"another architecture: the mask of {name}".replace(".", r"\."))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers(copy, value):
    state = checkpoints.load(copy / "checkpoint.pt")
    name = "decoder.layers.0.fc1.weight"
    state["model"][name] = state["model"][name].clone()
    state["model"][name][1, 2] = value
    checkpoints.save(state, copy / "checkpoint.pt")
    refuse(copy, rf"cannot prune: {name} holds a weight that is NaN or infinite")
    with pytest.raises(InputError, match=f"{name} holds a weight that is NaN"):
        checkpoints.check_published(state, Mask.full({}), "LTH0")


def test_a_published_weight_that_the_mask_has_cut_is_refused(lth0):
    state = checkpoints.load(lth0 / "checkpoint.pt")
    mask = Mask.load(lth0 / "mask.safetensors")
    mask.kept["encoder.layers.0.fc1.weight"][:2, :3] = False
    with pytest.raises(InputError, match=r"LTH1: 6 masked weights of encoder\.layers\.0\.fc1"):
        checkpoints.check_published(state, mask, "LTH1")


def train(data: Path, folder: Path, **training: object) -> None:
    train_dense(
        tiny_setup(data, **training),
        work=folder / "work",
        kept=folder / "kept",
        checkpoint=folder / "checkpoint.pt",
        rewind_points={},
        log=folder / "log.csv",
        progress=lambda line: None,
    )


def test_a_diverged_training_is_stopped_with_its_update_and_likely_cause(data_bin, tmp_path):
    with pytest.raises(InputError) as error:
        train(data_bin, tmp_path, lr=1e30, warmup_updates=1, adam_betas=[0.0, 0.0])
    message = str(error.value)
    assert message.startswith("seed 1 LTH0 diverged: loss ")
    assert any(word.isdigit() for word in message.split(";")[0].split())
    assert "the learning rate is too high or the warm-up too short (training.lr" in message
    assert "\n" not in message
    assert not (tmp_path / "checkpoint.pt").exists()


def test_an_architecture_that_fairseq_lacks_is_fairseqs_own_line(data_bin, tmp_path):
    setup = tiny_setup(data_bin, extra={"no-such-option": 1})
    with pytest.raises(InputError, match=r"fairseq-train failed for seed 1 LTH0 .*no-such-option"):
        train_dense(
            setup,
            work=tmp_path / "work",
            kept=tmp_path / "kept",
            checkpoint=tmp_path / "checkpoint.pt",
            rewind_points={},
            log=tmp_path / "log.csv",
            progress=lambda line: None,
        )


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte: full as soon as anything real is written."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount a small file system: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_while_writing_keeps_the_earlier_file(small_disk):
    path = small_disk / "table.csv"
    path.write_text("earlier\n")
    with (
        pytest.raises(InputError, match=r"^disk full while writing .*table\.csv: free some space"),
        atomic_write(path) as temporary,
    ):
        temporary.write_bytes(bytes(2_000_000))
    assert [entry.name for entry in small_disk.iterdir()] == ["table.csv"]
    assert path.read_text() == "earlier\n"


def test_a_full_disk_while_training_is_said_and_the_training_resumes(
    lth0, data_bin, small_disk, tmp_path
):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(900_000))
    with pytest.raises(InputError, match=r"disk full while .*free some space, run again"):
        train(data_bin, small_disk)
    assert not (small_disk / "checkpoint.pt").exists()
    ballast.unlink()
    train_dense(
        tiny_setup(data_bin),
        work=small_disk / "work",
        kept=small_disk / "kept",
        checkpoint=tmp_path / "checkpoint.pt",
        rewind_points={},
        log=tmp_path / "log.csv",
        progress=lambda line: None,
    )
    assert (tmp_path / "checkpoint.pt").read_bytes() == (lth0 / "checkpoint.pt").read_bytes()
