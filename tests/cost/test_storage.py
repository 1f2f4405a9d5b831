"""Bytes of each format, against the format itself."""

import io
import zlib

import numpy as np
import torch

from ticketscope.cost.storage import deflated, storage
from ticketscope.cost.ticket import ticket_cost
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask


def made_up(share):
    rng = np.random.default_rng(1)
    weights = {
        "fc": rng.normal(size=(33, 70)).astype(np.float32),
        "bias": rng.normal(size=33).astype(np.float32),
        "norm": rng.normal(size=70).astype(np.float32),
    }
    kept = {name: rng.random(weights[name].shape) >= share for name in ("fc", "bias")}
    for name, mask in kept.items():
        weights[name] = weights[name] * mask
    return weights, kept


def test_each_format_takes_the_bytes_that_it_takes_when_it_is_written():
    weights, kept = made_up(0.8)
    sizes = storage(weights, kept)
    assert sizes.dense == sum(array.nbytes for array in weights.values())
    bits = sum(np.packbits(mask).nbytes for mask in kept.values())
    values = sum(weights[name][mask].nbytes for name, mask in kept.items())
    assert sizes.bitmask == bits + values + weights["norm"].nbytes
    written = weights["norm"].nbytes
    for name in kept:
        csr = torch.from_numpy(np.atleast_2d(weights[name])).to_sparse_csr()
        parts = (csr.values(), csr.col_indices().int(), csr.crow_indices().int())
        written += sum(part.numpy().nbytes for part in parts)
    assert sizes.csr == written
    stream = io.BytesIO()
    stream.write(zlib.compress(b"".join(a.tobytes() for a in weights.values()), 6))
    assert sizes.deflate == len(stream.getvalue())


def test_large_arrays_are_compressed_piece_by_piece_to_the_same_size():
    array = np.zeros((1 << 11, 1 << 10), np.float32)
    array[::7] = np.random.default_rng(1).normal(size=1 << 10)
    assert deflated([array]) == len(zlib.compress(array.tobytes(), 6))


def test_a_dense_model_gains_nothing_and_an_empty_one_nearly_all():
    weights, kept = made_up(0)
    sizes = storage(weights, kept)
    assert sizes.dense < sizes.bitmask < 1.05 * sizes.dense and sizes.csr > 1.9 * sizes.dense
    weights, kept = made_up(1)
    empty = storage(weights, kept)
    assert empty.bitmask < empty.csr + 300 < 0.1 * sizes.dense + 300


def test_a_tickets_row_adds_up(lth0):
    state, mask = checkpoints.load(lth0 / "checkpoint.pt"), Mask.load(lth0 / "mask.safetensors")
    dense = ticket_cost(state, mask, 25)
    assert dense["nonzero"] == dense["parameters"] == checkpoints.count_parameters(state)[0]
    assert dense["macs_source"] == dense["macs_source_dense"]
    kept = {name: np.arange(a.size).reshape(a.shape) % 2 == 0 for name, a in mask.kept.items()}
    checkpoints.apply_mask(state, Mask(kept), "a ticket")
    half = ticket_cost(state, Mask(kept), 25)
    assert half["nonzero"] == dense["parameters"] - Mask(kept).pruned
    assert half["macs_source_dense"] == dense["macs_source_dense"] > half["macs_source"]
    assert half["macs_target"] < half["macs_target_dense"]
    assert half["bytes_dense"] == dense["bytes_dense"] > half["bytes_bitmask"]


def test_a_shared_matrix_that_is_cut_is_cut_where_it_multiplies(lth0):
    """With embeddings pruned, the mask names the encoder's; the output projection is the same."""
    state, mask = checkpoints.load(lth0 / "checkpoint.pt"), Mask.load(lth0 / "mask.safetensors")
    shape = tuple(state["model"]["encoder.embed_tokens.weight"].shape)
    kept = {"encoder.embed_tokens.weight": np.zeros(shape, bool)}
    cost = ticket_cost(state, Mask(mask.kept | kept), 25)
    assert cost["macs_target_dense"] - cost["macs_target"] == shape[0] * shape[1]
