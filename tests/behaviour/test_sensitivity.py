"""Silenced modules beside models whose modules are silenced by hooks, and what must not change."""

import pandas as pd
import pytest
import torch

from tests.behaviour.test_paths import check_of
from tests.lottery import quiet
from tests.representations.conftest import TINY, save_untrained
from ticketscope.behaviour.sensitivity import COLUMNS, Site, measure, pick, silenced, sites
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.tickets import checkpoints
from ticketscope.tickets.masks import Mask
from ticketscope.tickets.sparsity import Architecture, module_sparsity

TICKET = TicketName(1, "magnitude", 2)
SHAPES = {
    "post-norm": [],
    "pre-norm": ["--encoder-normalize-before", "--decoder-normalize-before", "--decoder-layers=1"],
}


@pytest.fixture(scope="module", params=SHAPES)
def path(request, data_bin, tmp_path_factory):
    file = tmp_path_factory.mktemp(request.param) / "checkpoint.pt"
    return save_untrained(data_bin, file, *TINY, *SHAPES[request.param])


@pytest.fixture
def loaded(path, data_bin):
    return load_model(path, data_bin)


def module_of(model, site):
    layer = getattr(model, site.side).layers[site.layer - 1]
    names = {"enc-self": "self_attn", "dec-self": "self_attn", "enc-dec": "encoder_attn"}
    return layer.fc2 if site.block == "fc" else getattr(layer, names[site.block])


def test_every_module_once(loaded):
    places = sites(loaded.model)
    encoder, decoder = (len(getattr(loaded.model, s).layers) for s in ("encoder", "decoder"))
    assert len(places) == len(set(places)) == encoder * (2 + 2) + decoder * (3 + 2 * 2)
    assert places[:3] == [Site("encoder", 1, "enc-self", head) for head in (None, 1, 2)]


def test_a_silent_sublayer_is_one_whose_output_is_zero(loaded, data_bin):
    """An independent hook zeroes what the sublayer returns."""
    check = check_of(loaded, data_bin)
    for site in (site for site in sites(loaded.model) if site.head is None):

        def zero(module, given, output):
            if isinstance(output, tuple):
                return (torch.zeros_like(output[0]), *output[1:])
            return torch.zeros_like(output)

        handle = module_of(loaded.model, site).register_forward_hook(zero)
        expected = check.loss()
        handle.remove()
        with silenced(loaded.model, site):
            assert check.loss() == pytest.approx(expected, rel=1e-5), site
        assert expected != pytest.approx(check.loss(), rel=1e-5)


def test_a_silent_head_is_one_whose_values_are_zero(loaded, data_bin):
    """An independent hook zeroes the head's values: attention then adds up zeros."""
    check = check_of(loaded, data_bin)
    for site in (site for site in sites(loaded.model) if site.head):
        attention = module_of(loaded.model, site)
        rows = slice((site.head - 1) * attention.head_dim, site.head * attention.head_dim)
        weight, bias = (
            getattr(attention.v_proj, name).detach().clone() for name in ("weight", "bias")
        )
        attention.v_proj.weight[rows] = 0
        attention.v_proj.bias[rows] = 0
        expected = check.loss()
        attention.v_proj.weight.copy_(weight)
        attention.v_proj.bias.copy_(bias)
        with silenced(loaded.model, site):
            assert check.loss() == pytest.approx(expected, rel=1e-5), site
        assert expected != pytest.approx(check.loss(), rel=1e-5)


def test_all_is_as_before_even_after_an_error(loaded):
    before = {name: tensor.clone() for name, tensor in loaded.model.state_dict().items()}
    for site in sites(loaded.model):
        with pytest.raises(RuntimeError), silenced(loaded.model, site):
            raise RuntimeError
    for name, tensor in loaded.model.state_dict().items():
        assert torch.equal(tensor, before[name]), name


@pytest.fixture
def modules(path):
    """Head 2 of the decoder's first encoder-decoder attention is pruned, all but one weight."""
    state = checkpoints.load(path)
    mask = Mask.full(
        {name: tuple(tensor.shape) for name, tensor in state["model"].items() if "layers" in name}
    )
    for part in "qkv":
        mask.kept[f"decoder.layers.0.encoder_attn.{part}_proj.weight"][8:] = False
    mask.kept["decoder.layers.0.encoder_attn.q_proj.weight"][9, 1] = True
    mask.kept["decoder.layers.0.encoder_attn.out_proj.weight"][:, 8:] = False
    return module_sparsity(mask, Architecture.of(_with_config(state)))


def _with_config(state):
    from types import SimpleNamespace

    model = state["cfg"]["model"]
    options = model if not isinstance(model, dict) else SimpleNamespace(**model)
    return state | {"cfg": {"model": options}}


def test_the_table_has_a_row_a_module_with_its_sparsity(loaded, data_bin, modules):
    check = check_of(loaded, data_bin)
    intact = check.loss()
    table = measure(check, TICKET, modules, translated=pick("sublayers"), progress=quiet)
    assert list(table) == COLUMNS and len(table) == len(sites(loaded.model))
    assert (table["loss"] - table["change"]).tolist() == pytest.approx([intact] * len(table))
    for row in table.itertuples():
        head = None if pd.isna(row.head) else int(row.head)
        with silenced(loaded.model, Site(row.side, row.layer, row.block, head)):
            # Decoder's modules are measured behind an encoder that is asked once.
            assert row.loss == pytest.approx(check.loss(), rel=1e-5)
    assert (table["bleu"].notna() == table["head"].isna()).all()
    pruned = table.query("side == 'decoder' and layer == 1 and block == 'enc-dec'")
    width = 16 * 8
    assert pruned["total"].tolist() == [8 * width, 4 * width, 4 * width]
    assert pruned["pruned"].tolist() == [4 * width - 1, 0, 4 * width - 1]
    assert table["pruned"].sum() == 2 * (4 * width - 1)
    none = measure(check, TICKET, modules, translated=pick("none"), progress=quiet)
    assert none["bleu"].isna().all() and none["loss"].equals(table["loss"])


def test_a_dead_module_is_not_missed(loaded, data_bin, modules):
    check = check_of(loaded, data_bin)
    attention = loaded.model.decoder.layers[0].encoder_attn
    attention.v_proj.weight[8:] = 0
    attention.v_proj.bias[8:] = 0
    table = measure(check, TICKET, modules, translated=pick("all"), progress=quiet)
    dead = table.query("side == 'decoder' and layer == 1 and block == 'enc-dec' and head == 2")
    assert dead["change"].tolist() == [0] and dead["bleu_change"].tolist() == [0]
    others = table.drop(dead.index)
    assert (others["change"] != 0).all()
