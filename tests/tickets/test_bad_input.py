"""Bad input gets one clear line and costs nothing that was finished."""

import json
import os
import random
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save, save_file

from tests.conftest import tiny_setup
from tests.lottery import prune, train
from ticketscope.errors import InputError
from ticketscope.runtime.files import atomic_write, sha256
from ticketscope.tickets import checkpoints, criteria, statistics
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.settings import Series


@pytest.fixture
def copy(lth0, tmp_path):
    """LTH0's folder, to be damaged."""
    return Path(shutil.copytree(lth0, tmp_path / "LTH0"))


def refuse(folder: Path, message: str) -> None:
    """Pruning says so in one line, writes nothing and leaves what is there alone."""
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(InputError, match=message) as error:
        prune(folder, folder / "next.safetensors")
    assert "\n" not in str(error.value)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert after == before


def test_what_is_refused_below_is_accepted_whole(copy):
    assert prune(copy, copy / "next.safetensors").pruned


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_checkpoint(copy, keep):
    path = copy / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])
    refuse(
        copy, r"checkpoint .*checkpoint\.pt is corrupt or truncated \(.+\): delete it and run again"
    )


def test_any_flipped_bit_of_a_checkpoint_is_noticed_or_changes_nothing(copy):
    """A few bits of an archive, such as its dates, say nothing about what it holds."""
    path = copy / "checkpoint.pt"
    whole, draw = path.read_bytes(), random.Random(1)
    weights = checkpoints.load(path)["model"]
    noticed = 0
    for _ in range(60):
        place, bit = draw.randrange(len(whole)), draw.randrange(8)
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        try:
            read = checkpoints.load(path)["model"]
        except InputError as error:
            assert "corrupt or truncated" in str(error)
            noticed += 1
        else:
            assert all(torch.equal(read[name], weights[name]) for name in weights), (place, bit)
    assert noticed > 50


def flip_a_weight(path: Path) -> None:
    """Flip one bit in the middle of the largest tensor."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if "/data/" in member.filename]
        largest = max(members, key=lambda member: member.file_size)
        middle = archive.open(largest).read()[largest.file_size // 2 :][:64]
    content = bytearray(path.read_bytes())
    content[content.index(middle)] ^= 1
    path.write_bytes(content)


def test_a_flipped_weight_is_named(copy):
    flip_a_weight(copy / "checkpoint.pt")
    refuse(copy, r"corrupt or truncated \(archive/data/\d+ differs from its checksum\): delete it")


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


@pytest.mark.parametrize("content", [b"", b"\xff" * 64])
def test_a_damaged_statistic(copy, content):
    (copy / "fisher.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"cannot read .*fisher\.safetensors.*: delete it and run"):
        prune(copy, copy / "next.safetensors", needed={"fisher": copy / "fisher.safetensors"})


def test_a_statistic_that_was_changed_or_has_no_checksum(copy):
    path = copy / "s.safetensors"
    shapes = Mask.load(copy / "mask.safetensors").shapes
    draw = np.random.default_rng(1)
    arrays = {name: draw.random(shape, dtype=np.float32) for name, shape in shapes.items()}
    (need,) = criteria.needs("taylor")
    given = {"series": Series(criterion="taylor"), "needed": {need: path}}
    statistics.save(arrays, path)
    assert prune(copy, copy / "next.safetensors", **given).pruned
    whole = path.read_bytes()
    arrays[FC1][1, 2] += 1
    changed = save(arrays, metadata(path))
    for content in (changed, save(arrays), whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"cannot read .*s\.safetensors: its SHA-256 is not"):
            prune(copy, copy / "next.safetensors", **given)


def metadata(path: Path) -> dict[str, str]:
    with safe_open(path, framework="numpy") as stream:
        return dict(stream.metadata())


FC1 = "encoder.layers.0.fc1.weight"
PROJECTION = "encoder.layers.0.self_attn.k_proj.weight"


def flip(kept: dict[str, np.ndarray]) -> None:
    kept[FC1][1, 2] ^= True


def revive(kept: dict[str, np.ndarray]) -> None:
    kept[FC1][...] = True


def invert(kept: dict[str, np.ndarray]) -> None:
    kept |= {name: ~array for name, array in kept.items()}


def transpose(kept: dict[str, np.ndarray]) -> None:
    kept[PROJECTION] = np.ascontiguousarray(kept[PROJECTION].T)


def drop(kept: dict[str, np.ndarray]) -> None:
    del kept[FC1]


def add(kept: dict[str, np.ndarray]) -> None:
    kept["encoder.layers.0.fc9.weight"] = np.ones((2, 2), dtype=np.bool_)


@pytest.fixture
def pruned(copy):
    """A ticket whose mask has cut a row of one matrix, and one half of a square one."""
    state, mask = checkpoints.load(copy / "checkpoint.pt"), Mask.load(copy / "mask.safetensors")
    mask.kept[FC1][1] = False
    mask.kept[PROJECTION][np.triu_indices(len(mask.kept[PROJECTION]), 1)] = False
    checkpoints.apply_mask(state, mask, "LTH1")
    checkpoints.save(state, copy / "checkpoint.pt")
    mask.save(copy / "mask.safetensors")
    return copy


def test_a_mask_of_a_later_version(copy):
    mask = Mask.load(copy / "mask.safetensors")
    record = json.loads(metadata(copy / "mask.safetensors")["mask"]) | {"format": 2}
    save_file(mask.kept, copy / "mask.safetensors", metadata={"mask": json.dumps(record)})
    refuse(copy, r"mask .*mask\.safetensors has format 2, this version of ticketscope reads 1")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (flip, "its entries differ from its recorded SHA-256"),
        (revive, "its entries differ from its recorded SHA-256"),
        (invert, "its entries differ from its recorded SHA-256"),
        (transpose, "its entries differ from its recorded SHA-256"),
        (drop, f"'{FC1}' is missing"),
        (add, "'encoder.layers.0.fc9.weight' is no part of it"),
        (dict.clear, "it names no parameter"),
    ],
)
def test_a_mask_that_was_changed_after_its_publication(pruned, change, message):
    path = pruned / "mask.safetensors"
    prune(pruned, pruned.parent / "next.safetensors")
    kept = load_file(path)
    change(kept)
    save_file(kept, path, metadata(path))
    refuse(pruned, rf"mask .*mask\.safetensors was changed or damaged \({message}\): delete it")


def test_a_mask_whose_record_has_lost_its_name(pruned):
    path = pruned / "mask.safetensors"
    path.write_bytes(path.read_bytes().replace(b'{"mask":', b'{"masc":', 1))
    refuse(pruned, r"mask\.safetensors was changed or damaged \(its record is under another name\)")


@pytest.mark.parametrize("byte", [2, 255])
def test_a_mask_whose_bytes_are_no_booleans(pruned, byte):
    """numpy takes any such byte for True, and ~ makes another True of it."""
    path = pruned / "mask.safetensors"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([byte]))
    refuse(pruned, r"has a byte that is neither 0 nor 1\): delete it and run again")


@pytest.mark.parametrize(("change", "message"), [(invert, None), (transpose, None), (drop, FC1)])
def test_a_mask_of_an_earlier_version_is_used_if_its_checkpoint_agrees(pruned, change, message):
    """It holds no record of its entries, but what it cuts is zero in the checkpoint beside it."""
    path = pruned / "mask.safetensors"
    mask = Mask.load(path)
    earlier = {"parameters": "\n".join(mask.kept)}
    save_file(mask.kept, path, earlier)
    assert sha256(path) == mask.digest == Mask.load(path).digest
    prune(pruned, pruned.parent / "next.safetensors")
    change(mask.kept)
    save_file(mask.kept, path, earlier)
    refuse(
        pruned, f"'{message}' is missing" if message else r"\d+ masked weights of .* are not zero"
    )


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


def test_a_cut_that_removes_nothing_is_refused(lth0, tmp_path):
    with pytest.raises(InputError, match="a cut of 1e-30 by magnitude, scope global, removes noth"):
        prune(lth0, tmp_path / "mask.safetensors", fraction=1e-30)
    assert not (tmp_path / "mask.safetensors").exists()


def test_a_diverged_training_is_stopped_with_its_update_and_likely_cause(data_bin, tmp_path):
    setup = tiny_setup(data_bin, lr=1e9, warmup_updates=1, adam_betas=[0.0, 0.0])
    with pytest.raises(InputError) as error:
        train(setup, tmp_path)
    message = str(error.value)
    assert message.startswith("seed 1 LTH0 diverged: loss ")
    assert any(word.isdigit() for word in message.split(";")[0].split())
    assert "the learning rate is too high or the warm-up too short (training.lr" in message
    assert "\n" not in message
    assert not (tmp_path / "checkpoint.pt").exists()


def test_what_fairseq_refuses_is_fairseqs_own_line(data_bin, tmp_path):
    setup = tiny_setup(data_bin, extra={"update-epoch-batch-itr": "x"})
    with pytest.raises(InputError, match=r"fairseq-train failed for seed 1 LTH0 .*malformed node"):
        train(setup, tmp_path)


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
        train(tiny_setup(data_bin), small_disk)
    assert not (small_disk / "checkpoint.pt").exists()
    ballast.unlink()
    train(tiny_setup(data_bin), tmp_path, work=small_disk / "work", kept=small_disk / "kept")
    assert (tmp_path / "checkpoint.pt").read_bytes() == (lth0 / "checkpoint.pt").read_bytes()
