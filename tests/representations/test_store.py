"""The packed store: what is written is read, and what is broken is refused."""

import errno
import json
import random
import signal
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import torch

from tests.lottery import quiet
from ticketscope.errors import InputError
from ticketscope.representations import writing
from ticketscope.representations.extraction import extract
from ticketscope.representations.store import Description, Store
from ticketscope.representations.writing import new_store
from ticketscope.runtime.files import sha256

FILES = [
    "decoder.npy", "dec_self.npy", "enc_dec.npy", "enc_self.npy", "encoder.npy", "index.npz",
    "store.json",
]  # fmt: skip


@pytest.fixture(scope="module")
def half(lth0, data_bin, lines, tmp_path_factory):
    """A float16 store of the trained model."""
    path = tmp_path_factory.mktemp("half") / "representations"
    extract(lth0 / "checkpoint.pt", data_bin, *lines, path, max_tokens=60, progress=quiet)
    return path


def copy(store, folder):
    subprocess.run(["cp", "-r", str(store), str(folder)], check=True)
    return folder


def describe(**changes):
    given = {
        "precision": "float16", "checkpoint": "0" * 64, "source": "1" * 64, "target": None,
        "unknown": {"encoder": 0}, "final_norm": [], "shapes": {"encoder": [1, 3, 2]},
    }  # fmt: skip
    return Description(**(given | changes))


INDEX = {
    "encoder_offsets": np.array([0, 1, 3]),
    "encoder_subwords": np.array(["</s>", "a", "</s>"]),
}


def put(writer, values):
    writer.put(
        "encoder", 0, torch.tensor(values), places=np.array([1, 0]), lengths=np.array([2, 1])
    )


def test_numpy_alone_reads_it(half, lines):
    assert sorted(file.name for file in half.iterdir()) == sorted(FILES)
    encoder = np.load(half / "encoder.npy", mmap_mode="r", allow_pickle=False)
    index = np.load(half / "index.npz", allow_pickle=False)
    positions = sum(len(line.split()) + 1 for line in lines[0])
    assert encoder.dtype == np.float16 and encoder.shape == (2, positions, 16)
    assert index["encoder_subwords"].dtype.kind == "U"
    assert index["encoder_offsets"][-1] == positions
    assert np.isfinite(encoder).all() and np.abs(encoder).max(axis=2).min() > 0, "no row is padding"


def test_open_gives_maps_not_copies(half):
    store = Store.open(half)
    for array in (store.encoder, store.decoder, *store.attention.values()):
        assert isinstance(array, np.memmap)
        assert not array.flags.writeable


def test_it_says_what_it_was_made_of(half, lth0, lines, tmp_path):
    description = Store.open(half).description
    assert description.checkpoint == sha256(lth0 / "checkpoint.pt")
    for text, digest in zip(lines, (description.source, description.target), strict=True):
        (tmp_path / "text").write_text("".join(f"{line}\n" for line in text))
        assert digest == sha256(tmp_path / "text")


def test_same_input_same_bytes(half, lth0, data_bin, lines, tmp_path):
    again = tmp_path / "again"
    extract(lth0 / "checkpoint.pt", data_bin, *lines, again, max_tokens=60, progress=quiet)
    for name in FILES:
        assert (half / name).read_bytes() == (again / name).read_bytes(), name
    with zipfile.ZipFile(half / "index.npz") as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}, "a clock is in it"


def test_sentences_go_where_they_belong(tmp_path):
    """They are written in another order than they lie in."""
    with new_store(tmp_path / "s", describe(), INDEX) as writer:
        put(writer, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    store = Store.open(tmp_path / "s")
    assert store.encoder[0].tolist() == [[5, 6], [1, 2], [3, 4]]
    assert store.sentences == 2


def test_a_new_store_replaces_the_earlier_one(tmp_path):
    for value in (1.0, 2.0):
        with new_store(tmp_path / "s", describe(), INDEX) as writer:
            put(writer, [[value] * 2] * 3)
    assert Store.open(tmp_path / "s").encoder[0, 0, 0] == 2
    assert [file.name for file in tmp_path.iterdir()] == ["s"]


def test_what_half_precision_cannot_hold_is_refused_never_infinite(tmp_path):
    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, -65504.0]]
    with new_store(tmp_path / "s", describe(), INDEX) as writer:
        put(writer, rows)
    message = (
        r"^encoder layer 0 holds .*e\+0[46], more than .*: set representations\.precision: float32$"
    )
    for value in (-65505.0, -1e6):  # the first would be rounded back into the range
        rows[2][1] = value
        with (
            pytest.raises(InputError, match=message),
            new_store(tmp_path / "t", describe(), INDEX) as writer,
        ):
            put(writer, rows)
    assert not (tmp_path / "t").exists()
    with new_store(tmp_path / "t", describe(precision="float32"), INDEX) as writer:
        put(writer, rows)
    assert Store.open(tmp_path / "t").encoder.min() == -1e6


@pytest.mark.parametrize("precision", ["float16", "float32"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_model_that_yields_no_numbers_is_refused(tmp_path, precision, value):
    with (
        pytest.raises(InputError, match=r"holds NaN or infinite values: the checkpoint is broken"),
        new_store(tmp_path / "s", describe(precision=precision), INDEX) as writer,
    ):
        put(writer, [[1.0, value], [3.0, 4.0], [5.0, 6.0]])
    assert list(tmp_path.iterdir()) == []


def test_overflow_in_a_real_model(lth0, data_bin, lines, tmp_path):
    state = torch.load(lth0 / "checkpoint.pt", weights_only=False)
    state["model"]["encoder.layers.0.final_layer_norm.weight"] *= 1e5
    torch.save(state, tmp_path / "large.pt")
    with pytest.raises(
        InputError, match=r"^encoder layer 1 .* representations\.precision: float32"
    ):
        extract(tmp_path / "large.pt", data_bin, lines[0], None, tmp_path / "out", progress=quiet)
    extract(
        tmp_path / "large.pt", data_bin, lines[0], None, tmp_path / "out",
        precision="float32", progress=quiet,
    )  # fmt: skip
    assert np.abs(Store.open(tmp_path / "out").encoder[1]).max() > 65504


def test_an_error_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), new_store(tmp_path / "s", describe(), INDEX):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "posix_fallocate", full)
    with (
        pytest.raises(InputError, match=r"^disk full while writing .*/s: "),
        new_store(tmp_path / "s", describe(), INDEX),
    ):
        pytest.fail("the disk should have been found full before anything is written to it")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
import torch
from ticketscope.representations.store import Description
from ticketscope.representations.writing import new_store

description = Description.model_validate_json(sys.argv[2])
with new_store(Path(sys.argv[1]), description, {}) as writer:
    writer.put("encoder", 0, torch.ones(3, 2), np.array([0]), np.array([3]))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_job_leaves_no_store_and_its_next_run_clears_up(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "s"), describe().model_dump_json()],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "s").exists()
    assert len(list(tmp_path.iterdir())) == 1, "what it had written, under another name"
    with new_store(tmp_path / "s", describe(), INDEX) as writer:
        put(writer, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert [file.name for file in tmp_path.iterdir()] == ["s"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "garbage"])
def test_a_damaged_store_is_refused(half, tmp_path, name, damage):
    store = copy(half, tmp_path / "s")
    content = (store / name).read_bytes()
    if damage == "missing":
        (store / name).unlink()
    elif damage == "truncated":
        (store / name).write_bytes(content[:-1] if name != "store.json" else content[:-9])
    else:
        (store / name).write_bytes(b"garbage" * 20)
    with pytest.raises(InputError, match=rf"^{store / name} is .*: delete {store} and run again$"):
        Store.open(store)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere_is_noticed(half, tmp_path, name):
    store = copy(half, tmp_path / "s")
    whole, draw = (store / name).read_bytes(), random.Random(1)
    for place in [0, len(whole) - 2, *(draw.randrange(len(whole)) for _ in range(40))]:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << draw.randrange(8)
        # White space of store.json says nothing.
        if name == "store.json" and not (bytes([whole[place]]) + bytes([damaged[place]])).strip():
            continue
        (store / name).write_bytes(damaged)
        with pytest.raises(InputError, match=f"delete {store} and run again"):
            Store.open(store)


def test_a_store_of_format_1_has_no_checksums_and_is_read(half, tmp_path):
    store = copy(half, tmp_path / "s")
    given = json.loads((store / "store.json").read_text())
    assert sorted(given.pop("checksums")) == sorted(FILES)
    (store / "store.json").write_text(json.dumps(given))
    with pytest.raises(InputError, match="differs from its checksum"):
        Store.open(store)
    (store / "store.json").write_text(json.dumps(given | {"format": 1}))
    assert np.array_equal(Store.open(store).encoder, Store.open(half).encoder)


def test_no_format_makes_a_store_skip_the_checksums_that_it_has(half, tmp_path):
    store = copy(half, tmp_path / "s")
    given = json.loads((store / "store.json").read_text())
    (store / "store.json").write_text(json.dumps(given | {"format": 1}))
    with pytest.raises(InputError, match=r"store\.json .* differs from its checksum"):
        Store.open(store)


def test_files_of_two_stores_are_no_store(half, lth0, data_bin, lines, tmp_path):
    extract(
        lth0 / "checkpoint.pt", data_bin, lines[0][:7], None, tmp_path / "other", progress=quiet
    )
    for name in ("encoder.npy", "index.npz"):
        mixed = copy(half, tmp_path / f"mixed-{name}")
        (mixed / name).write_bytes((tmp_path / "other" / name).read_bytes())
        with pytest.raises(InputError, match=rf"^{mixed / name} is missing, incomplete or corrupt"):
            Store.open(mixed)


def test_another_format_is_refused(half, tmp_path):
    store = copy(half, tmp_path / "s")
    given = json.loads((store / "store.json").read_text())
    (store / "store.json").write_text(json.dumps(given | {"format": 3}))
    with pytest.raises(InputError, match=r"has format 3, this version .* reads 1 and 2"):
        Store.open(store)
    with pytest.raises(InputError, match=r"no-store/store\.json is missing"):
        Store.open(tmp_path / "no-store")
