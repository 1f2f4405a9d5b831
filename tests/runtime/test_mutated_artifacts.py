"""Damage of what an experiment publishes: one line that names the file, or the same content.

Each is bounded in time and memory.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from tests.joined import experiments
from tests.representations.test_store import INDEX, describe, put
from tests.runtime.bounds import bounded
from tests.runtime.mutations import mutate
from ticketscope.errors import InputError
from ticketscope.external.masks import read_mask
from ticketscope.external.tensors import load
from ticketscope.joined.parts import read_part
from ticketscope.joined.tables import join
from ticketscope.representations.store import Store
from ticketscope.representations.vectors import new_vectors, open_vectors
from ticketscope.representations.writing import new_store
from ticketscope.runtime.recorded import verify
from ticketscope.tickets import statistics
from ticketscope.tickets.masks import Mask

NAME = "encoder.layers.0.fc1.weight"
KEPT = np.eye(9, dtype=np.bool_)

# What of a file counts, as values that can be compared.
Reading = Callable[[], object]


def mask(folder: Path) -> Reading:
    Mask({NAME: KEPT, "encoder.layers.0.fc1.bias": KEPT[0]}).save(folder / "mask.safetensors")
    # Not their order: without the record that a damaged key hides, it is that of the names.
    return lambda: {
        name: kept.tolist() for name, kept in Mask.load(folder / "mask.safetensors").kept.items()
    }


def given_mask(folder: Path) -> Reading:
    torch.save({NAME: torch.from_numpy(KEPT)}, folder / "mask.pt")
    return lambda: {name: kept.tolist() for name, kept in read_mask(folder / "mask.pt").items()}


def checkpoint(folder: Path) -> Reading:
    torch.save({"model": {NAME: torch.arange(99.0)}, "args": None}, folder / "checkpoint.pt")
    return lambda: {
        name: tensor.tolist() for name, tensor in load(folder / "checkpoint.pt")["model"].items()
    }


def statistic(folder: Path) -> Reading:
    path = folder / "statistic.safetensors"
    statistics.save({NAME: np.arange(99, dtype=np.float32), "bias": KEPT[0] / 2}, path)
    return lambda: {name: array.tolist() for name, array in statistics.load(path).items()}


def vectors(folder: Path) -> Reading:
    with new_vectors(folder / "vectors.npy", (2, 3, 4), "float16") as array:
        array[...] = np.arange(24).reshape(2, 3, 4)
    return lambda: open_vectors(folder / "vectors.npy").tolist()


def store(folder: Path) -> Reading:
    with new_store(folder / "store", describe(), INDEX) as writer:
        put(writer, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    def read() -> object:
        opened = Store.open(folder / "store")
        return opened.encoder.tolist(), opened.encoder_subwords.tolist()

    return read


def experiment(folder: Path) -> Reading:
    """Tables and arrays that provenance.json records."""
    results = experiments.write(folder / "x", [1])

    def read() -> object:
        part = read_part(results)
        verify(results / "tables", part.record, part.tables)
        for name in ("cost.csv", "neuron_maxima.npz"):
            join({results / "tables" / name: part.seeds}, folder.parent / name)
        return (folder.parent / "cost.csv").read_bytes(), part.seeds

    return read


ARTIFACTS = {
    "mask": mask, "given mask": given_mask, "checkpoint": checkpoint, "statistic": statistic,
    "store": store, "vectors": vectors, "experiment": experiment,
}  # fmt: skip


def damage(tmp_path: Path, name: str, rounds: int) -> int:
    """Read an artifact so many times, one of its files damaged each time; how many are refused."""
    folder = tmp_path / "files"
    folder.mkdir()
    read = ARTIFACTS[name](folder)
    expected = read()
    whole = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    refused = 0
    for seed in range(rounds):
        random = Random(f"{name} {seed}")
        path = random.choice(list(whole))
        path.write_bytes(mutate(whole[path], random))
        try:
            with bounded():
                content = read()
            assert content == expected, seed
        except InputError as error:
            refused += 1
            assert str(folder) in str(error) and "\n" not in str(error), (seed, str(error))
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error!r}") from error
        path.write_bytes(whole[path])
    return refused


@pytest.mark.parametrize("name", ARTIFACTS)
def test_a_damaged_artifact_is_refused_in_one_line_or_read_as_it_was(tmp_path, name):
    assert damage(tmp_path, name, 40) >= 30


@pytest.mark.long
@pytest.mark.parametrize("name", ARTIFACTS)
def test_five_hundred_damages_of_each_artifact(tmp_path, name):
    assert damage(tmp_path, name, 500) > 400
