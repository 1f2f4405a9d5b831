"""Multiply-accumulates against a count of what the real model multiplies."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.representations.conftest import TINY, save_untrained
from ticketscope.cost.operations import Operations, operations
from ticketscope.cost.sparse import call_projections
from ticketscope.representations.model import load_model
from ticketscope.tickets import checkpoints

LENGTH = 7
BIG = {"dim": 1024, "ffn": 4096, "layers": 6, "types": 32768}


def shapes_of(path):
    return {name: tuple(t.shape) for name, t in checkpoints.load(path)["model"].items()}


def test_as_many_as_torch_counts_in_a_forward_pass(data_bin, tmp_path):
    path = save_untrained(data_bin, tmp_path / "a.pt", *TINY, "--encoder-layers=3")
    model = load_model(path, data_bin).model
    call_projections(model)
    tokens = torch.arange(4, 4 + LENGTH)[None]
    counted = {}
    with torch.no_grad():
        with FlopCounterMode(display=False) as flops:
            encoded = model.encoder(tokens, torch.tensor([LENGTH]))
        counted["encoder"] = flops.get_total_flops() // 2
        with FlopCounterMode(display=False) as flops:
            model.decoder(tokens, encoder_out=encoded)
        counted["decoder"] = flops.get_total_flops() // 2
    macs = operations(shapes_of(path), {}, LENGTH)
    # A forced decoder multiplies all pairs of places, the later ones too: n of them, not (n + 1)/2.
    width, layers = 16, 2
    later = layers * 2 * (LENGTH - (LENGTH + 1) / 2) * width
    assert LENGTH * (macs.source + macs.target + later) == counted["encoder"] + counted["decoder"]
    # Keys and values of the encoder's output are the decoder's work and are paid by source.
    assert LENGTH * (macs.source - layers * 2 * width**2) == counted["encoder"]


def test_a_cut_weight_is_one_multiplication_less(data_bin, tmp_path):
    shapes = shapes_of(save_untrained(data_bin, tmp_path / "a.pt", *TINY))
    dense = operations(shapes, {}, LENGTH)
    fc1, keys = "encoder.layers.0.fc1.weight", "decoder.layers.1.encoder_attn.k_proj.weight"
    output = "decoder.output_projection.weight"
    assert operations(shapes, {fc1: 0}, LENGTH).source == dense.source - 16 * 24
    assert operations(shapes, {keys: 6}, LENGTH).source == dense.source - 250
    assert operations(shapes, {output: 0}, LENGTH) == Operations(
        dense.source, dense.target - shapes[output][0] * 16
    )
    bias = "encoder.layers.0.fc1.bias"
    assert operations(shapes, {bias: 0}, LENGTH) == dense


def test_longer_sentences_pay_for_attention_alone(data_bin, tmp_path):
    shapes = shapes_of(save_untrained(data_bin, tmp_path / "a.pt", *TINY))
    short, long = (operations(shapes, {}, n) for n in (10, 11))
    assert long.source - short.source == 2 * 2 * 16
    assert long.target - short.target == 2 * (2 + 1) * 16
