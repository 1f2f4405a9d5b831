"""Segments between models: their ends, flat ones, and a barrier that is known to be there."""

import numpy as np
import pandas as pd
import pytest
import torch

from tests.lottery import quiet
from tests.representations.conftest import TINY, save_untrained
from ticketscope.behaviour.force_decoding import encode_pairs, force_decode
from ticketscope.behaviour.paths import BARRIER_COLUMNS, COLUMNS, Pair, barriers, place, walk
from ticketscope.behaviour.spot_check import LONGEST, Sentences, SpotCheck, translate
from ticketscope.corpus.spread import spread
from ticketscope.corpus.tokenization import detokenize_line
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.representations.model import load_model
from ticketscope.tickets import checkpoints
from ticketscope.translation.scores import corpus_bleu, sentence_statistics

LAST, FIRST = TicketName(1, "magnitude", 1), TicketName(1, "dense", 0)


def lines(data_bin):
    return [(data_bin.parent / f"test.{side}").read_text().splitlines() for side in ("en", "de")]


def check_of(loaded, data_bin):
    source, target = lines(data_bin)
    sentences = Sentences(source, target, target, "de", "moses").spread(20)
    return SpotCheck(loaded, sentences, max_tokens=100)


@pytest.fixture
def loaded(lth0, data_bin):
    return load_model(lth0 / "checkpoint.pt", data_bin)


@pytest.fixture(scope="module")
def weights(lth0):
    files = {LAST: lth0 / "checkpoint.pt", FIRST: lth0 / "rewind/epoch2.pt"}
    return {name: checkpoints.parameters(checkpoints.load(path)) for name, path in files.items()}


def forced_loss(path, data_bin):
    """The loss by force decoding, which is fairseq's own (test_force_decoding.py)."""
    model, (source, target) = load_model(path, data_bin), lines(data_bin)
    text, (reference,) = encode_pairs(model, source, [target])
    (scored,) = force_decode(model, text, [reference], max_tokens=50, progress=quiet)
    return -scored.log_probability.sum() / scored.length.sum()


def test_ends_are_the_tickets_and_the_middle_is_the_mean_model(
    loaded, weights, data_bin, lth0, tmp_path
):
    check = check_of(loaded, data_bin)
    pair = Pair("previous", LAST, FIRST)
    table = walk(check, weights, [pair], points=5, translated=3, progress=quiet)
    assert list(table) == COLUMNS and table["alpha"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    state = checkpoints.load(lth0 / "checkpoint.pt")
    mean = checkpoints.average([checkpoints.load(lth0 / "rewind/epoch2.pt"), state])
    checkpoints.save(mean, tmp_path / "mean.pt")
    files = {0: lth0 / "rewind/epoch2.pt", 1: lth0 / "checkpoint.pt", 0.5: tmp_path / "mean.pt"}
    for alpha, path in files.items():
        (row,) = table[table["alpha"] == alpha].to_dict("records")
        assert row["loss"] == pytest.approx(forced_loss(path, data_bin), rel=1e-5)
        assert row["bleu"] == pytest.approx(check_of(load_model(path, data_bin), data_bin).bleu())
    assert table["bleu"].notna().tolist() == [True, False, True, False, True]
    again = walk(check, weights, [pair], points=5, translated=3, progress=quiet)
    pd.testing.assert_frame_equal(table, again, check_exact=True)


def test_a_segment_of_a_ticket_with_itself_is_flat(loaded, weights, data_bin):
    same = {FIRST: weights[LAST], LAST: weights[LAST]}
    table = walk(
        check_of(loaded, data_bin), same, [Pair("previous", LAST, FIRST)], points=4, translated=0,
        progress=quiet,
    )  # fmt: skip
    assert table["loss"].nunique() == 1 and table["bleu"].isna().all()
    (row,) = barriers(table).to_dict("records")
    assert row["barrier"] == row["instability"] == 0 and np.isnan(row["bleu_drop"])


def permuted(weights):
    """The same function: the neurons of every feed-forward are in another order."""
    moved = {name: tensor.clone() for name, tensor in weights.items()}
    generator = torch.Generator().manual_seed(1)
    for name in [name for name in weights if name.endswith("fc1.weight")]:
        layer = name.removesuffix("fc1.weight")
        order = torch.randperm(len(weights[name]), generator=generator)
        for part in ("fc1.weight", "fc1.bias"):
            moved[layer + part] = weights[layer + part][order]
        moved[f"{layer}fc2.weight"] = weights[f"{layer}fc2.weight"][:, order]
    return moved


def test_permuted_neurons_are_the_same_function_behind_a_barrier(data_bin, tmp_path):
    """A model whose feed-forwards do much, on its own translations: both ends are good at them."""
    path = save_untrained(data_bin, tmp_path / "checkpoint.pt", *TINY)
    untrained, source = load_model(path, data_bin), lines(data_bin)[0]
    weights = {
        name: 3 * tensor if name.endswith("fc2.weight") else tensor
        for name, tensor in checkpoints.parameters(checkpoints.load(path)).items()
    }
    place(untrained.model, weights, weights, 0)
    own = translate(untrained, encode_pairs(untrained, source, [source])[0], 100)
    check = SpotCheck(untrained, Sentences(source, own, own, "de", "moses"), max_tokens=100)
    both = {FIRST: weights, LAST: permuted(weights)}
    pair = Pair("seeds", LAST, FIRST)
    table = walk(check, both, [pair], points=5, translated=0, progress=quiet)
    ends = table["loss"].iloc[[0, -1]]
    assert ends.iloc[0] == pytest.approx(ends.iloc[1], rel=1e-5)
    (row,) = barriers(table).to_dict("records")
    assert row["barrier"] > 0.3
    assert row["barrier"] == pytest.approx(row["instability"], rel=1e-4)


def test_barriers_by_hand():
    about = Pair("control", LAST, FIRST).columns
    alphas = (0, 0.25, 0.5, 0.75, 1)
    rows = zip(alphas, (1.0, 1.5, 3.0, 2.5, 2.0), (40, None, 10, None, 20), strict=True)
    table = pd.DataFrame([about | {"alpha": a, "loss": x, "bleu": b} for a, x, b in rows])
    (row,) = barriers(table.sample(frac=1, random_state=1)).to_dict("records")
    assert list(row) == BARRIER_COLUMNS and row["other_loss"] == 1 and row["loss"] == 2
    assert row["highest"] == 3 and row["barrier"] == 1.5 and row["instability"] == 1.5
    assert row["bleu_drop"] == 20 and (row["other_bleu"], row["bleu"]) == (40, 20)
    straight = table.assign(loss=1 + table["alpha"], bleu=[40, None, 35, None, 20])
    (row,) = barriers(straight).to_dict("records")
    assert row["barrier"] == 0 and row["instability"] == 0.5
    assert row["bleu_drop"] == 0  # BLEU is above the line between the ends


def test_tied_embeddings_stay_tied_and_nothing_is_reloaded(loaded, weights, data_bin):
    place(loaded.model, weights[FIRST], weights[LAST], 0.3)
    shared = [
        loaded.model.encoder.embed_tokens.weight,
        loaded.model.decoder.embed_tokens.weight,
        loaded.model.decoder.output_projection.weight,
    ]
    assert len({tensor.data_ptr() for tensor in shared}) == 1
    name = "encoder.embed_tokens.weight"
    expected = 0.7 * weights[FIRST][name] + 0.3 * weights[LAST][name]
    torch.testing.assert_close(shared[0], expected)
    norm = "decoder.layers.0.final_layer_norm.weight"
    expected = 0.7 * weights[FIRST][norm] + 0.3 * weights[LAST][norm]
    torch.testing.assert_close(loaded.model.state_dict()[norm], expected)


def test_other_architectures_are_refused(loaded, weights):
    other = dict(weights[LAST]) | {"encoder.layers.0.fc1.bias": torch.zeros(3)}
    with pytest.raises(InputError, match=r"different architectures.*behaviour\.paths\.kinds"):
        place(loaded.model, weights[FIRST], other, 0.5)


def test_greedy_translations_are_fairseqs_up_to_the_longest(loaded, data_bin, greedy):
    source, target = lines(data_bin)
    text, _ = encode_pairs(loaded, source, [target])
    ours = translate(loaded, text, 60)
    limits = [LONGEST[0] * (len(line.split()) + 1) + LONGEST[1] for line in source]
    cut = [" ".join(line.split()[:limit]) for line, limit in zip(greedy, limits, strict=True)]
    assert ours == cut == translate(loaded, text, 1000)
    plain = [detokenize_line(line, "de", "moses") for line in ours]
    counts = sentence_statistics(plain, target).sum(axis=0, keepdims=True)
    assert check_of(loaded, data_bin).bleu() == pytest.approx(float(corpus_bleu(counts)[0]))


def test_sentences_are_spread_evenly():
    text = [str(number) for number in range(10)]
    sentences = Sentences(text, text, text, "de", "moses")
    chosen = [text[number] for number in spread(10, 4)]
    assert sentences.spread(4) == Sentences(*[chosen] * 3, "de", "moses")
    assert sentences.spread(99).reference == text
