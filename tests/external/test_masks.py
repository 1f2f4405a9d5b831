"""Masks of tickets trained elsewhere: off zeros, in any format, refused if they do not fit."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from ticketscope.errors import InputError
from ticketscope.external.masks import (
    check_zero,
    fit_mask,
    mask_of_zeros,
    prunable_weights,
    read_mask,
)
from ticketscope.tickets.masks import Mask

FC1, BIAS, NORM = (
    "encoder.layers.0.fc1.weight",
    "encoder.layers.0.fc1.bias",
    "encoder.layers.0.final_layer_norm.weight",
)
WEIGHTS = {
    FC1: torch.tensor([[1.0, 0.0], [-0.0, 2.0]]),
    BIAS: torch.tensor([0.0, 1e-30]),
    NORM: torch.tensor([0.0, 1.0]),
}
KEPT = {FC1: torch.tensor([[True, False], [False, True]]), BIAS: torch.tensor([False, True])}


@pytest.fixture
def prunable():
    return prunable_weights(WEIGHTS, embeddings=False, biases=True)


def same(mask, expected):
    assert list(mask.kept) == list(expected)
    for name, kept in expected.items():
        assert (mask.kept[name] == kept.numpy()).all(), name


def test_exact_zeros_of_what_may_be_pruned_are_pruned(prunable):
    """The smallest weight is kept, either zero is cut, and LayerNorm is not looked at."""
    same(mask_of_zeros(prunable), KEPT)
    weights_alone = prunable_weights(WEIGHTS, embeddings=False, biases=False)
    same(mask_of_zeros(weights_alone), {FC1: KEPT[FC1]})


def test_a_checkpoint_without_zeros_is_dense():
    ones = {FC1: np.ones((2, 2), dtype=np.float32)}
    assert mask_of_zeros(ones).pruned == 0


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.float32])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_masks_are_read_in_either_format_as_booleans_or_numbers(tmp_path, dtype, suffix, prunable):
    path = tmp_path / f"mask{suffix}"
    given = {name: kept.to(dtype) for name, kept in KEPT.items()}
    if suffix == ".pt":
        torch.save(given, path)
    else:
        save_file(given, path)
    same(fit_mask(read_mask(path), WEIGHTS, prunable, "mask"), KEPT)


def test_our_own_mask_is_read_as_it_was_saved(tmp_path, prunable):
    mask_of_zeros(prunable).save(tmp_path / "mask.safetensors")
    tensors = read_mask(tmp_path / "mask.safetensors")
    same(fit_mask(tensors, WEIGHTS, prunable, "mask"), KEPT)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({FC1: torch.tensor([[0.5, 1], [0, 1]])}, f"'{FC1}' has values other than 0"),
        ({FC1: [1, 0]}, "is no dictionary of tensors"),
        (torch.ones(2), "is no dictionary of tensors"),
    ],
)
def test_what_is_no_mask_is_refused(tmp_path, contents, message):
    torch.save(contents, tmp_path / "mask.pt")
    with pytest.raises(InputError, match=message):
        read_mask(tmp_path / "mask.pt")


@pytest.mark.parametrize("name", ["mask.pt", "mask.safetensors"])
def test_a_file_that_is_no_mask_at_all_is_one_line(tmp_path, name):
    with pytest.raises(InputError, match="is missing"):
        read_mask(tmp_path / name)
    (tmp_path / name).write_text("no tensors\n" * 9)
    with pytest.raises(InputError, match="neither safetensors nor torch's") as error:
        read_mask(tmp_path / name)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("byte", [2, 255])
@pytest.mark.parametrize("name", ["mask.pt", "mask.safetensors"])
def test_a_byte_that_is_no_boolean_is_refused(tmp_path, name, byte):
    """It would be published, and every job after that would find the mask damaged."""
    kept = torch.tensor([1, byte, 0], dtype=torch.uint8).view(torch.bool)
    save = torch.save if name.endswith("pt") else save_file
    save({BIAS: kept}, tmp_path / name)
    with pytest.raises(InputError, match=rf"{name}: '{BIAS}' has values other than 0 \(pruned\)"):
        read_mask(tmp_path / name)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones([1] * 70, dtype=torch.uint8),
        torch.empty(2, dtype=torch.bits8),
        torch.empty(2, dtype=torch.float4_e2m1fn_x2),
    ],
)
def test_tensors_with_which_torch_does_not_calculate_are_one_line(tmp_path, tensor):
    torch.save({"a\nb": tensor}, tmp_path / "mask.pt")
    with pytest.raises(InputError, match=r"^mask .*mask\.pt: 'a\\nb' has values other than[^\n]*$"):
        read_mask(tmp_path / "mask.pt")


def test_what_a_mask_does_not_name_is_whole(prunable):
    mask = fit_mask({BIAS: KEPT[BIAS]}, WEIGHTS, prunable, "mask")
    assert list(mask.kept) == [FC1, BIAS]
    assert mask.kept[FC1].all()


def test_a_mask_may_name_what_is_not_pruned_but_not_cut_it(prunable):
    whole = KEPT | {NORM: torch.ones(2, dtype=torch.bool)}
    same(fit_mask(whole, WEIGHTS, prunable, "mask"), KEPT)
    with pytest.raises(InputError, match=f"mask m cuts 1 entries of '{NORM}', which is not to be"):
        fit_mask(KEPT | {NORM: torch.tensor([True, False])}, WEIGHTS, prunable, "mask m")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"encoder.layers.6.fc1.weight": KEPT[FC1]}, "no parameter 'encoder.layers.6.fc1.weight'"),
        ({FC1: torch.ones(2, 3, dtype=torch.bool)}, r"shape \(2, 3\), the parameter \(2, 2\)"),
    ],
)
def test_the_mask_of_another_model_is_refused(prunable, given, message):
    with pytest.raises(InputError, match=f"mask m is of another model: .*{message}"):
        fit_mask(given, WEIGHTS, prunable, "mask m")


def test_masked_weights_that_are_not_zero_are_counted_and_the_worst_place_is_named(prunable):
    check_zero(mask_of_zeros(prunable), prunable, "c")
    none = Mask({name: np.zeros_like(kept.numpy()) for name, kept in KEPT.items()})
    with pytest.raises(InputError, match=rf"c: 3 weights .* not zero, most of them in {FC1} \(2\)"):
        check_zero(none, prunable, "c")
    one = mask_of_zeros(prunable)
    one.kept[BIAS][1] = False
    with pytest.raises(InputError, match=rf"c: 1 weights .* not zero, most of them in {BIAS} \(1"):
        check_zero(one, prunable, "c")
