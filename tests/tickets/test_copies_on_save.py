"""On a GPU fairseq saves a copy of every tensor: nothing that is read off a ticket may change."""

import itertools
from pathlib import Path

import pytest
import torch

from tests.conftest import tiny_config, tiny_setup
from tests.lottery import prune, quiet, retrain, train
from ticketscope.errors import InputError
from ticketscope.external.ticket import publish
from ticketscope.tickets import checkpoints
from ticketscope.tickets.dense_mask import dense_mask
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.sparsity import Architecture, ticket_sparsity

# Tensors are copied when they are brought to the CPU, as they are from a GPU.
COPIES = """
import torch

torch.Tensor.cpu = lambda tensor, *arguments, **options: tensor.clone()
"""
SHARED = [
    "encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "decoder.output_projection.weight"
]  # fmt: skip


def chain(data: Path, folder: Path, **training: object) -> list[Path]:
    """LTH0 to LTH2, a folder each; embeddings are pruned too."""
    setup = tiny_setup(data, **training)
    tickets = [folder / f"LTH{k}" for k in range(3)]
    train(setup, tickets[0], rewind_points={2: tickets[0] / "rewind/epoch2.pt"})
    dense_mask(
        tickets[0] / "checkpoint.pt",
        embeddings=True,
        biases=True,
        output=tickets[0] / "mask.safetensors",
    )
    for k, (last, ticket) in enumerate(itertools.pairwise(tickets), start=1):
        mask = ticket / "mask.safetensors"
        prune(last, mask, fraction=0.4, k=k)
        retrain(setup, tickets[0], mask, ticket, k=k, last=last / "checkpoint.pt")
    return tickets


@pytest.mark.long
def test_a_chain_saved_in_copies_is_the_plain_one(data_bin, tmp_path_factory, tmp_path, run_first):
    plain = chain(data_bin, tmp_path_factory.mktemp("plain"))
    run_first(COPIES)
    copied = chain(data_bin, tmp_path)
    for a, b in zip(plain, copied, strict=True):
        assert (a / "checkpoint.pt").read_bytes() == (b / "checkpoint.pt").read_bytes()
        assert (a / "mask.safetensors").read_bytes() == (b / "mask.safetensors").read_bytes()
    last, mask = copied[-1] / "checkpoint.pt", Mask.load(copied[-1] / "mask.safetensors")
    assert SHARED[0] in checkpoints.parameters(checkpoints.load(last))
    assert not set(SHARED[1:]) & checkpoints.parameters(checkpoints.load(last)).keys()
    # Of the tiny model, the share of the weights that is gone: as if each were counted once.
    architecture = Architecture.of(checkpoints.load(plain[0] / "checkpoint.pt"))
    excluding = ticket_sparsity(mask, architecture)
    assert excluding == ticket_sparsity(mask, Architecture.of(checkpoints.load(last)))


def save_in_copies(source: Path, output: Path) -> None:
    state = torch.load(source, weights_only=True)
    state["model"] = {name: tensor.clone() for name, tensor in state["model"].items()}
    assert len({state["model"][name].data_ptr() for name in SHARED}) == 3
    torch.save(state, output)


def test_a_checkpoint_from_elsewhere_counts_shared_embeddings_once(lth0, data_bin, tmp_path):
    save_in_copies(lth0 / "checkpoint.pt", tmp_path / "theirs.pt")
    counts = [
        checkpoints.count_parameters(checkpoints.load(path))
        for path in (lth0 / "checkpoint.pt", tmp_path / "theirs.pt")
    ]
    assert counts[0] == counts[1]
    publish(
        tmp_path / "theirs.pt",
        None,
        dense=None,
        data=data_bin,
        languages=tiny_config().languages,
        embeddings=True,
        biases=True,
        output=tmp_path / "checkpoint.pt",
        output_mask=tmp_path / "mask.safetensors",
        progress=quiet,
    )
    assert checkpoints.count_parameters(checkpoints.load(tmp_path / "checkpoint.pt")) == counts[0]
    embedded = [name for name in Mask.load(tmp_path / "mask.safetensors").kept if "embed" in name]
    assert embedded == SHARED[:1]


def test_equal_values_are_no_sign_of_sharing_and_other_values_no_sharing(lth0, tmp_path):
    state = torch.load(lth0 / "checkpoint.pt", weights_only=True)
    model = state["model"] = {name: t.clone() for name, t in state["model"].items()}
    model["encoder.layers.0.fc1.bias"].zero_()
    model["decoder.layers.0.fc1.bias"].zero_()
    torch.save(state, tmp_path / "zeros.pt")
    names = checkpoints.parameters(checkpoints.load(tmp_path / "zeros.pt"))
    assert {"encoder.layers.0.fc1.bias", "decoder.layers.0.fc1.bias"} <= names.keys()
    model[SHARED[2]][0, 0] += 1
    torch.save(state, tmp_path / "torn.pt")
    with pytest.raises(InputError, match=rf"torn\.pt: {SHARED[2]} differs from {SHARED[0]}"):
        checkpoints.load(tmp_path / "torn.pt")
