"""The paper's own model, built by fairseq from config/wmt16.yaml: Table A1's sparsities."""

import json

import numpy as np
import pytest

from ticketscope import config
from ticketscope.tickets import checkpoints
from ticketscope.tickets.command import Setup, command
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.parameters import is_prunable
from ticketscope.tickets.sparsity import Architecture, ticket_sparsity


@pytest.fixture(scope="module")
def paper(root):
    return config.load(root / "config.yaml", root / "config/wmt16.yaml")


@pytest.fixture(scope="module")
def state(paper, tmp_path_factory):
    """A fairseq checkpoint's state of Transformer-Big, untrained."""
    from fairseq import options, tasks
    from fairseq.dataclass.utils import convert_namespace_to_omegaconf
    from fairseq.utils import import_user_module

    data = tmp_path_factory.mktemp("wmt16")
    types = paper.subwords.dictionary - 4  # fairseq adds <s>, <pad>, </s> and <unk>
    for language in ("en", "de"):
        (data / f"dict.{language}.txt").write_text("".join(f"w{i} 1\n" for i in range(types)))
    setup = Setup(paper.model, paper.training, paper.languages, data, seed=1)
    # The paper trains in fp16, which is said to need a GPU; the model is the same without.
    arguments = [
        argument
        for argument in command(setup, data, max_epoch=60, cpu=False)[4:]
        if argument != "--fp16"
    ]
    parser = options.get_training_parser()
    parsed = options.parse_args_and_arch(parser, arguments)
    import_user_module(parsed)
    cfg = convert_namespace_to_omegaconf(parsed)
    model = tasks.setup_task(cfg.task).build_model(cfg.model)
    return {"model": model.state_dict(), "cfg": {"model": cfg.model}}


@pytest.fixture(scope="module")
def shapes(paper, state):
    return {
        name: tuple(tensor.shape)
        for name, tensor in checkpoints.parameters(state).items()
        if is_prunable(name, embeddings=paper.pruning.embeddings, biases=paper.pruning.biases)
    }


def test_transformer_big_has_the_papers_size(state, shapes):
    total, without_embeddings = checkpoints.count_parameters(state)
    assert total == 209_911_808
    assert without_embeddings == 176_357_376
    assert Mask.full(shapes).total == 176_295_936


def test_ten_tickets_have_table_a1s_sparsities(root, paper, state, shapes):
    """As printed; LTH8's 0.669 is a misprint of 0.699, as the arithmetic shows."""
    values = json.loads((root / "src/ticketscope/report/paper_values.json").read_text())["table_a1"]
    architecture = Architecture.of(state)
    mask = Mask.full(shapes)
    fractions = paper.recipe("magnitude").fractions
    found = []
    for k in range(10):
        sparsity = ticket_sparsity(mask, architecture)
        found.append((round(sparsity["sparsity_incl"], 3), round(sparsity["sparsity_excl"], 3)))
        # Which weights go does not matter here: the first ones that are left.
        left = int(fractions[k] * (mask.total - mask.pruned) + 0.5) if k < 9 else 0
        for kept in mask.kept.values():
            there = np.flatnonzero(kept)[:left]
            kept.reshape(-1)[there] = False
            left -= len(there)
    assert found == list(zip(values["incl_emb_correct"], values["excl_emb"], strict=True))
    printed = values["incl_emb_printed"]
    assert [k for k in range(10) if printed[k] != found[k][0]] == [8]
    assert (printed[8], found[8][0]) == (0.669, 0.699)
