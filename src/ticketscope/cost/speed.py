"""Measured time of a ticket's forward pass, with dense and with sparse products, on one core.

A time is of one machine and one moment. It is the one kind of number here that two runs of an
experiment do not share.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ticketscope.behaviour.force_decoding import encode_source
from ticketscope.cost.sparse import call_projections, make_sparse
from ticketscope.representations.batches import collate, encode
from ticketscope.representations.model import load_model
from ticketscope.runtime.machine import processor
from ticketscope.tickets.masks import Mask

Pass = Callable[[], Any]


def measure_speed(
    checkpoint: Path,
    mask: Mask,
    data: Path,
    source: Sequence[str],
    target: Sequence[str],
    *,
    repeats: int,
) -> list[dict[str, Any]]:
    """Time the encoder and the decoder of a ticket on one batch, on one thread.

    Args:
        checkpoint: The ticket's.
        mask: Its mask. The matrices that it names are multiplied sparsely, whatever it cuts.
        data: Folder with fairseq's dictionaries.
        source: Subwords of the batch's sentences.
        target: Of their translations, which are forced on the decoder.
        repeats: Passes of each kind; they take turns, after one that does not count.

    Returns:
        A row for each side (encoder, decoder) and kernel (dense, csr): sentences, positions (of
        the side's batch, padding included), seconds (processor time of a pass: the median), low
        and high (quartiles), repeats, threads, processor, torch.

    Raises:
        InputError: as `load_model` and `encode`.
    """
    loaded = load_model(checkpoint, data)
    texts = (
        encode(source, loaded.source, loaded.model.max_positions()[0], "source"),
        encode(target, loaded.target, loaded.model.max_positions()[1], "target"),
    )
    batch = np.arange(len(source))
    call_projections(loaded.model)
    encoded = encode_source(loaded, texts[0], batch)
    from_left = collate(texts[0], batch, loaded.source, left=loaded.left_pad_source, shift=False)
    previous = collate(texts[1], batch, loaded.target, left=False, shift=True)
    sparse = deepcopy(loaded.model)
    make_sparse(sparse, mask.kept)
    lengths = torch.from_numpy(from_left.lengths)
    models = {"dense": loaded.model, "csr": sparse}
    rows = []
    for side, tokens in (("encoder", from_left.tokens), ("decoder", previous.tokens)):
        passes: dict[str, Pass] = {
            kernel: partial(model.encoder, tokens, lengths)
            if side == "encoder"
            else partial(model.decoder, tokens, encoder_out=encoded)
            for kernel, model in models.items()
        }
        for kernel, seconds in _times(passes, repeats).items():
            low, median, high = np.quantile(seconds, [0.25, 0.5, 0.75])
            rows.append(
                {
                    "side": side,
                    "kernel": kernel,
                    "sentences": len(source),
                    "positions": tokens.numel(),
                    "seconds": median,
                    "low": low,
                    "high": high,
                    "repeats": repeats,
                    "threads": 1,
                    "processor": processor(),
                    "torch": torch.__version__,
                }
            )
    return rows


def _times(passes: dict[str, Pass], repeats: int) -> dict[str, list[float]]:
    """Seconds of processor time of each pass, in turns, so that a busy moment hits all kinds."""
    times: dict[str, list[float]] = {kernel: [] for kernel in passes}
    with torch.inference_mode(), _one_thread():
        for number in range(repeats + 1):
            for kernel, run in passes.items():
                start = time.process_time()
                run()
                if number:
                    times[kernel].append(time.process_time() - start)
    return times


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
