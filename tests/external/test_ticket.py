"""Checkpoints of every kind become tickets; what does not fit is one line."""

import argparse
import shutil

import numpy as np
import pytest
import torch
from fairseq import options

from tests.representations.conftest import SHAPES, TINY, save_untrained
from ticketscope.errors import InputError
from ticketscope.external.ticket import publish
from ticketscope.representations.model import load_model
from ticketscope.settings import Languages
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.sparsity import Architecture

LANGUAGES = Languages()
FC1 = "encoder.layers.0.fc1.weight"

# Of fc1's rows, 16 of the 4,880 prunable weights each: 1 % of the weights is 48.8.
FEW, MANY = 3, 4


@pytest.fixture
def external(data_bin, tmp_path):
    """Publishes a checkpoint; the folder that it went to."""

    def run(checkpoint, mask=None, *, dense=None, data=data_bin, languages=LANGUAGES, said=None):
        publish(
            checkpoint,
            mask,
            dense=dense,
            data=data,
            languages=languages,
            embeddings=False,
            biases=True,
            output=tmp_path / "out/checkpoint.pt",
            output_mask=tmp_path / "out/mask.safetensors",
            progress=[].append if said is None else said.append,
        )
        return tmp_path / "out"

    return run


def weights(path):
    return checkpoints.load(path)["model"]


def changed(source, path, **parts):
    """A copy of a checkpoint with other parts."""
    torch.save(checkpoints.load(source) | parts, path)
    return path


def pruned(source, path, rows=1):
    """A copy with the first rows of fc1 zero, and their number of weights."""
    model = {name: tensor.clone() for name, tensor in weights(source).items()}
    model[FC1][:rows] = 0
    changed(source, path, model=model)
    return path, rows * model[FC1].shape[1]


def same_model(published, original):
    theirs, ours = weights(original), weights(published)
    assert list(ours) == list(theirs)
    for name, tensor in theirs.items():
        assert torch.equal(ours[name], tensor), name


def test_lth0_keeps_its_weights_and_gets_a_mask_that_cuts_nothing(lth0, external):
    said = []
    out = external(lth0 / "checkpoint.pt", said=said)
    same_model(out / "checkpoint.pt", lth0 / "checkpoint.pt")
    mask = Mask.load(out / "mask.safetensors")
    assert list(mask.kept) == list(Mask.load(lth0 / "mask.safetensors").kept)
    assert mask.pruned == 0
    (line,) = said
    assert f"0 of {mask.total} prunable weights are pruned" in line


def test_the_same_checkpoint_gives_the_same_bytes(lth0, external):
    def contents():
        out = external(lth0 / "checkpoint.pt")
        return [(out / name).read_bytes() for name in ("checkpoint.pt", "mask.safetensors")]

    assert contents() == contents()


def test_a_ticket_without_a_mask_is_cut_where_it_is_zero(lth0, external, tmp_path):
    checkpoint, count = pruned(lth0 / "checkpoint.pt", tmp_path / "pruned.pt")
    said = []
    out = external(checkpoint, dense=lth0 / "checkpoint.pt", said=said)
    mask = Mask.load(out / "mask.safetensors")
    zero = weights(checkpoint)[FC1].numpy() == 0
    assert zero.sum() == count
    assert (mask.kept[FC1] == ~zero).all()
    assert "exact zeros are pruned, for no mask is given" in said[0]


def test_a_given_mask_goes_before_the_zeros(lth0, external, tmp_path):
    checkpoint, count = pruned(lth0 / "checkpoint.pt", tmp_path / "pruned.pt", rows=2)
    kept = torch.ones_like(weights(checkpoint)[FC1])
    kept[:1] = 0
    torch.save({FC1: kept}, tmp_path / "mask.pt")
    out = external(checkpoint, tmp_path / "mask.pt", dense=lth0 / "checkpoint.pt")
    assert Mask.load(out / "mask.safetensors").pruned == count // 2
    kept[:3] = 0
    torch.save({FC1: kept}, tmp_path / "mask.pt")
    with pytest.raises(InputError, match=rf"{count // 2} weights .* not zero, .* in {FC1}"):
        external(checkpoint, tmp_path / "mask.pt", dense=lth0 / "checkpoint.pt")


def test_the_mask_of_a_denser_ticket_is_refused(lth0, external, tmp_path):
    """All that it cuts is zero, and so is more than biases that never moved would be."""
    dense, mask = lth0 / "checkpoint.pt", tmp_path / "mask.pt"
    kept = torch.ones_like(weights(dense)[FC1])
    kept[0] = 0
    torch.save({FC1: kept}, mask)
    few, _ = pruned(dense, tmp_path / "few.pt", rows=1 + FEW)
    external(few, mask, dense=dense)
    many, _ = pruned(dense, tmp_path / "many.pt", rows=1 + MANY)
    with pytest.raises(InputError, match=r": 64 weights that its mask keeps are exactly zero"):
        external(many, mask, dense=dense)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_transformer_is_taken(shape, data_bin, external, tmp_path):
    original = save_untrained(data_bin, tmp_path / "theirs.pt", *TINY, *SHAPES[shape])
    data = tmp_path / "dictionaries"  # and nothing else of fairseq-preprocess's folder
    data.mkdir()
    for language in ("en", "de"):
        shutil.copy(data_bin / f"dict.{language}.txt", data)
    out = external(original, data=data)
    same_model(out / "checkpoint.pt", original)
    load_model(out / "checkpoint.pt", data_bin)


def save_old(data, path, *extra):
    """A checkpoint as fairseq 0.6 and torch 1.1 wrote it: options, one matrix for q, k and v."""
    new = checkpoints.load(save_untrained(data, path.with_suffix(".new"), *TINY, *extra))
    arguments = [str(data), "--task=translation", "--arch=transformer", *TINY, *extra]
    args = options.parse_args_and_arch(options.get_training_parser("translation"), arguments)
    args.source_lang = args.target_lang = None
    model = dict(new["model"])
    for name in list(model):
        if ".q_proj." in name and "encoder_attn" not in name:
            parts = [model.pop(name.replace(".q_proj.", f".{p}_proj.")) for p in "qkv"]
            model[name.replace("q_proj.", "in_proj_")] = torch.cat(parts)
    assert "encoder.layers.0.self_attn.in_proj_weight" in model
    args.lr, args.min_lr = 0.1, 1e-9
    extra_state = {"epoch": 3, "batch_offset": 0, "val_loss": np.float64(3.5)}
    state = {"args": args, "model": model, "extra_state": extra_state}
    state |= {"optimizer_history": [{"best_loss": 1.0, "criterion_name": "x"}]}
    state["last_optimizer_state"] = {"state": {}, "param_groups": []}
    torch.save(state, path, _use_new_zipfile_serialization=False)
    return path, new["model"]


def test_an_old_checkpoint_becomes_one_of_today(data_bin, external, tmp_path):
    path, expected = save_old(data_bin, tmp_path / "old.pt", "--share-all-embeddings")
    out = external(path)
    state = checkpoints.load(out / "checkpoint.pt")
    assert isinstance(state["cfg"]["model"], argparse.Namespace)
    assert state["cfg"]["task"]["source_lang"] == "en"
    assert list(state["model"]) == list(expected)
    for name, tensor in expected.items():
        assert torch.equal(state["model"][name], tensor), name
    assert Architecture.of(state).heads["encoder"] == 2
    load_model(out / "checkpoint.pt", data_bin)


def test_half_precision_is_read_as_fairseq_reads_it(lth0, external, tmp_path):
    half = {
        name: tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in weights(lth0 / "checkpoint.pt").items()
    }
    out = external(changed(lth0 / "checkpoint.pt", tmp_path / "half.pt", model=half))
    published = weights(out / "checkpoint.pt")[FC1]
    assert published.dtype == torch.float32
    assert torch.equal(published, half[FC1].float())


def test_scores_of_a_training_with_validation_are_no_obstacle(lth0, external, tmp_path):
    extra = checkpoints.load(lth0 / "checkpoint.pt")["extra_state"]
    scores = {"best": np.float64(1), "val_loss": np.array([2.5, 3], dtype=np.float32)}
    external(changed(lth0 / "checkpoint.pt", tmp_path / "v.pt", extra_state=extra | scores))


class Anything:
    """Stands for code in a checkpoint."""


def test_a_checkpoint_that_would_run_code_is_refused(lth0, external, tmp_path):
    path = changed(lth0 / "checkpoint.pt", tmp_path / "code.pt", task_state=Anything())
    with pytest.raises(InputError, match=r"it holds a tests.*Anything, which is neither") as error:
        external(path)
    assert "delete" not in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_no_checkpoint_of_fairseq_is_one_line(lth0, external, tmp_path):
    path = tmp_path / "x.pt"
    for contents in (b"", b"no checkpoint\n" * 9, (lth0 / "checkpoint.pt").read_bytes()[:5000]):
        path.write_bytes(contents)
        with pytest.raises(InputError, match="take checkpoints of fairseq") as error:
            external(path)
        assert "\n" not in str(error.value)
    torch.save({"weights": torch.ones(2)}, path)
    with pytest.raises(InputError, match="is not a fairseq checkpoint: it holds no model"):
        external(path)


@pytest.mark.parametrize(("side", "language"), [("encoder", "en"), ("decoder", "de")])
def test_another_dictionary_is_told_by_both_numbers(
    lth0, data_bin, external, tmp_path, side, language
):
    data = tmp_path / "other"
    data.mkdir()
    lines = (data_bin / "dict.en.txt").read_text().splitlines(keepends=True)
    for name in ("dict.en.txt", "dict.de.txt"):
        (data / name).write_text("".join(lines))
    (data / f"dict.{language}.txt").write_text("".join(lines[:-3]))
    rows = len(lines) + 4
    message = rf"dict\.{language}\.txt has {rows - 3} entries.* the {side} of .* embeds {rows}: "
    with pytest.raises(InputError, match=message):
        external(lth0 / "checkpoint.pt", data=data)
    (data / f"dict.{language}.txt").write_text("a 1\nb\n")
    with pytest.raises(
        InputError, match=rf"dict\.{language}\.txt, line 2: not a subword and its c"
    ):
        external(lth0 / "checkpoint.pt", data=data)


@pytest.mark.parametrize(("side", "trained"), [("source", "en"), ("target", "de")])
def test_another_language_is_named(lth0, external, side, trained):
    languages = Languages(**{"source": "en", "target": "de"} | {side: "fr"})
    with pytest.raises(InputError, match=rf"{side} language {trained}, languages\.{side} is fr"):
        external(lth0 / "checkpoint.pt", languages=languages)


def test_an_adaptive_softmax_is_refused(data_bin, external, tmp_path):
    path = save_untrained(data_bin, tmp_path / "a.pt", *TINY, "--adaptive-softmax-cutoff=10,20")
    with pytest.raises(InputError, match=r"a\.pt has an adaptive softmax; only models with one"):
        external(path)


def test_a_ticket_of_another_architecture_than_lth0_is_refused(lth0, data_bin, external, tmp_path):
    other = save_untrained(data_bin, tmp_path / "other.pt", *TINY, "--share-all-embeddings")
    message = r"other\.pt is of another architecture than its LTH0 .*shape of encoder\.layers\.1\."
    with pytest.raises(InputError, match=message):
        external(other, dense=lth0 / "checkpoint.pt")


def test_a_pruned_lth0_is_refused(lth0, external, tmp_path):
    few, _ = pruned(lth0 / "checkpoint.pt", tmp_path / "few.pt", rows=FEW)
    assert Mask.load(external(few) / "mask.safetensors").pruned == 0
    many, count = pruned(lth0 / "checkpoint.pt", tmp_path / "many.pt", rows=MANY)
    with pytest.raises(InputError, match=rf"is LTH0, and {count} of its \d+ prunable weights"):
        external(many)
