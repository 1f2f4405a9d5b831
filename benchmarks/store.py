"""Loading one layer of 99,000 positions from the store against one HDF5 dataset per sentence.

The peer is how contextual-repr-analysis (Liu et al. 2019) reads its representations: from a file
with a dataset of (layers, words, dim) per sentence, `torch.FloatTensor(dataset)[layer]`. That is
slow for more than one reason, so two kinder ways to read the same file stand beside it: each
dataset as one array, and just the layer of each dataset. All end with float32 in memory; all files
were just written and are still in the page cache. The peer reads some sentences, scaled to all.

    pip install h5py       is needed for this measurement, and for nothing else here
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ticketscope.errors import InputError
from ticketscope.representations.layout import EOS
from ticketscope.representations.store import Description, Store
from ticketscope.representations.writing import new_store

LAYERS, DIM = 7, 1024  # embedding and the six layers of Transformer-Big
SENTENCES, LENGTH = 3960, 25
LAYER = 3
SOME = 40  # sentences that the peer reads
ROUNDS = 3
LIMITS = {"peer_ratio_median": ("at least", 20)}


def measure() -> dict[str, object]:
    """CPU seconds of the peer over ours: as it reads, and in two kinder ways."""
    try:
        import h5py
    except ImportError:
        raise InputError(
            "h5py is missing: pip install h5py (only this benchmark needs it)"
        ) from None
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, h5py)
        for _ in range(ROUNDS):
            packed = _seconds(
                lambda: Store.open(folder / "store").encoder[LAYER].astype(np.float32)
            )
            with h5py.File(folder / "peer.h5", "r") as file:
                peer = _seconds(
                    lambda file=file: [
                        torch.FloatTensor(file[str(number)])[LAYER] for number in range(SOME)
                    ]
                )
                whole = _seconds(lambda file=file: _joined(file[str(n)][()][LAYER] for n in _all()))
                layer = _seconds(lambda file=file: _joined(file[str(n)][LAYER] for n in _all()))
            rows.append(
                {
                    "ours_seconds": round(packed, 3),
                    "peer_ratio": round(peer * SENTENCES / SOME / packed, 1),
                    "whole_dataset_ratio": round(whole / packed, 1),
                    "layer_only_ratio": round(layer / packed, 1),
                }
            )
    return {
        "peer_ratio_median": statistics.median(row["peer_ratio"] for row in rows),
        "whole_dataset_ratio_median": statistics.median(row["whole_dataset_ratio"] for row in rows),
        "layer_only_ratio_median": statistics.median(row["layer_only_ratio"] for row in rows),
        "rounds": rows,
    }


def _all() -> range:
    return range(SENTENCES)


def _joined(parts: Iterator[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(list(parts))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _write(folder: Path, h5py: Any) -> None:
    """The same random states, as a store in float16 and as the peer's file in float32."""
    generator = np.random.default_rng(1)
    offsets = np.arange(SENTENCES + 1) * LENGTH
    description = Description(
        precision="float16",
        checkpoint="",
        source="",
        target=None,
        unknown={"encoder": 0},
        final_norm=[],
        shapes={"encoder": [LAYERS, int(offsets[-1]), DIM]},
    )
    index = {
        "encoder_offsets": offsets,
        "encoder_subwords": np.array([EOS] * int(offsets[-1])),
    }
    with (
        new_store(folder / "store", description, index) as writer,
        h5py.File(folder / "peer.h5", "w") as file,
    ):
        states = generator.standard_normal((LAYERS, LENGTH, DIM), dtype=np.float32)
        for number in _all():
            file.create_dataset(str(number), data=states)
            for layer, state in enumerate(states):
                writer.put(
                    "encoder",
                    layer,
                    torch.from_numpy(state),
                    offsets[number : number + 1],
                    np.array([LENGTH]),
                )
