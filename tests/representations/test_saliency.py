"""Statistics of criteria that see data, against fairseq's own loss and inputs computed by hand."""

import numpy as np
import pytest
import torch
from fairseq.criterions.label_smoothed_cross_entropy import LabelSmoothedCrossEntropyCriterion
from fairseq.data import LanguagePairDataset

from tests.representations.conftest import load_stock
from ticketscope.errors import InputError
from ticketscope.representations.model import load_model
from ticketscope.representations.saliency import draw_pairs, saliency
from ticketscope.tickets.masks import Mask

SMOOTHING = 0.1


@pytest.fixture(scope="module")
def ticket(lth0, data_bin):
    loaded = load_model(lth0 / "checkpoint.pt", data_bin)
    return loaded, Mask.load(lth0 / "mask.safetensors")


def compute(ticket, pairs, statistic, **options):
    options = {"label_smoothing": SMOOTHING, "max_tokens": 10_000} | options
    return saliency(
        ticket[0], *pairs, ticket[1], statistic=statistic, progress=lambda line: None, **options
    )


def fairseq_gradients(lth0, data_bin, pairs):
    """Gradients of fairseq's own criterion, in evaluation mode, of one batch with padding."""
    stock = load_stock(lth0 / "checkpoint.pt", data_bin)
    task, model = stock.task, stock.model
    source, target = (
        [dictionary.encode_line(line, add_if_not_exist=False).long() for line in lines]
        for dictionary, lines in zip(
            (task.source_dictionary, task.target_dictionary), pairs, strict=True
        )
    )
    lengths = [[len(row) for row in side] for side in (source, target)]
    batch = LanguagePairDataset(
        source, lengths[0], task.source_dictionary, target, lengths[1], task.target_dictionary
    )
    sample = batch.collater([batch[number] for number in range(len(source))])
    criterion = LabelSmoothedCrossEntropyCriterion(task, False, SMOOTHING)
    loss, size, _ = criterion(model, sample)
    (loss / size).backward()
    return {name: weight.grad for name, weight in model.named_parameters()}, model


def test_products_are_those_of_fairseqs_gradient(lth0, data_bin, ticket, pairs):
    gradients, model = fairseq_gradients(lth0, data_bin, pairs)
    named = dict(model.named_parameters())
    absolute = compute(ticket, pairs, "gradient_product")
    squared = compute(ticket, pairs, "squared_gradient_product")
    assert absolute.keys() == squared.keys() == ticket[1].kept.keys()
    for name, array in absolute.items():
        product = (named[name] * gradients[name]).detach().numpy()
        np.testing.assert_allclose(array, np.abs(product), rtol=1e-3, atol=1e-8)
        np.testing.assert_allclose(squared[name], product**2, rtol=2e-3, atol=1e-12)
        assert not ticket[0].model.get_parameter(name).requires_grad


def test_several_batches_are_summed_term_by_term(ticket, pairs):
    """Batches of one sentence: the sum over sentences of each one's own, whatever the padding."""
    summed = compute(ticket, pairs, "gradient_product", max_tokens=1)
    again = compute(ticket, pairs, "gradient_product", max_tokens=1)
    assert all(np.array_equal(array, again[name]) for name, array in summed.items())
    alone = [
        compute(ticket, ([source], [target]), "gradient_product")
        for source, target in zip(*pairs, strict=True)
    ]
    for name, array in summed.items():
        expected = np.sum([statistic[name] for statistic in alone], axis=0)
        np.testing.assert_allclose(array, expected, rtol=1e-4, atol=1e-8)


def test_input_norms_are_those_of_the_states_that_each_projection_reads(ticket, pairs):
    loaded, mask = ticket
    norms = compute(ticket, pairs, "input_norm")
    tokens = [sum(len(line.split()) + 1 for line in side) for side in pairs]
    assert norms.keys() == mask.kept.keys()
    for name, array in norms.items():
        assert array.shape == mask.kept[name].shape
        reads_source = name.startswith("encoder") or "encoder_attn.k" in name
        reads_source = reads_source or "encoder_attn.v" in name
        if name.endswith("bias"):
            np.testing.assert_allclose(array, np.sqrt(tokens[not reads_source]), rtol=1e-6)
        else:
            assert (array == array[:1]).all(), "all outputs have the same inputs"
    # Sentence by sentence, so that nothing is padded: the encoder's last output is what keys and
    # values of the attention to the source read; the first layer reads what the embeddings give.
    squares, embedded = 0, 0
    with torch.inference_mode():
        for line in pairs[0]:
            ids = loaded.source.encode_line(line, add_if_not_exist=False).long()[None]
            lengths = torch.tensor([ids.shape[1]])
            output = loaded.model.encoder(ids, lengths, return_all_hiddens=True)
            squares = squares + output["encoder_out"][0].double().square().sum((0, 1))
            embedded = embedded + output["encoder_states"][0].double().square().sum((0, 1))
    for part in ("k_proj", "v_proj"):
        array = norms[f"decoder.layers.0.encoder_attn.{part}.weight"]
        np.testing.assert_allclose(array[0], squares.sqrt().numpy(), rtol=1e-4)
    array = norms["encoder.layers.0.self_attn.q_proj.weight"]
    np.testing.assert_allclose(array[0], embedded.sqrt().numpy(), rtol=1e-4)


def test_padding_changes_no_norm(ticket, pairs):
    together = compute(ticket, pairs, "input_norm")
    alone = compute(ticket, pairs, "input_norm", max_tokens=1)
    for name, array in together.items():
        np.testing.assert_allclose(array, alone[name], rtol=1e-4)


def test_attention_is_fused_again_afterwards(ticket, pairs):
    compute(ticket, pairs, "input_norm")
    modules = [m for m in ticket[0].model.modules() if hasattr(m, "skip_embed_dim_check")]
    assert modules
    assert not any(module.skip_embed_dim_check for module in modules)
    assert not any(module._forward_pre_hooks for module in ticket[0].model.modules())


def test_what_has_no_inputs_is_refused_by_name(ticket, pairs):
    embeddings = Mask.full({"encoder.embed_tokens.weight": (1, 1)})
    with pytest.raises(InputError, match=r"encoder.embed_tokens has no inputs.*pruning.embeddings"):
        compute((ticket[0], embeddings), pairs, "input_norm")
    with pytest.raises(InputError, match=r"no statistic hessian; .*gradient_product"):
        compute(ticket, pairs, "hessian")


def test_the_pairs_are_drawn_once_for_a_seed():
    source, target = [f"s{n}" for n in range(50)], [f"t{n}" for n in range(50)]
    drawn = draw_pairs(source, target, 10, 1)
    assert drawn == draw_pairs(source, target, 10, 1) != draw_pairs(source, target, 10, 2)
    assert [line[1:] for line in drawn[0]] == [line[1:] for line in drawn[1]]
    assert drawn[0] == sorted(drawn[0], key=lambda line: int(line[1:]))
    assert draw_pairs(source, target, 99, 1) == (source, target)
