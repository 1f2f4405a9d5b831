"""What is written of a ticket: the right measure of the right layers under the right names."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName
from ticketscope.representations.layout import starts
from ticketscope.representations.store import Description, Store
from ticketscope.runtime.outputs import write_arrays
from ticketscope.similarity import attention_sim, layer_sim, neuron_sim, spectrum
from ticketscope.similarity.attention import Layout, concentration_interval
from ticketscope.similarity.categories import category_sim
from ticketscope.similarity.jackknife import around, even_groups
from ticketscope.similarity.maxima import neuron_maxima
from ticketscope.similarity.pair import compare
from ticketscope.similarity.ticket import COLUMNS, TicketSimilarity, examine
from ticketscope.similarity.ticket_categories import category_table

LENGTHS = {"encoder": [4, 7, 3, 9, 5, 6, 8, 4], "decoder": [5, 6, 4, 8, 6, 7, 7, 3]}
LTH0, LTH2 = TicketName(1, "dense", 0), TicketName(1, "magnitude", 2)
OTHER = TicketName(2, "dense", 0)


def offsets(side: str) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(LENGTHS[side])])


def store(seed: int) -> Store:
    """Two states and an embedding a side, two attention layers of two heads a kind.

    Attention is more concentrated in the first layer than in the second.
    """
    generator = np.random.default_rng(seed)
    shared = np.random.default_rng(0)
    sides = {
        side: shared.normal(size=(3, sum(lengths), 6))
        + 0.5 * generator.normal(size=(3, sum(lengths), 6))
        for side, lengths in LENGTHS.items()
    }
    description = Description(
        precision="float32",
        checkpoint="",
        source="",
        target="",
        unknown={},
        final_norm=[],
        shapes={},
    )
    opened = Store(
        Path(), description, sides["encoder"], sides["decoder"], {},
        offsets("encoder"), offsets("decoder"), np.array([]), np.array([]),
    )  # fmt: skip
    for kind in ("enc_self", "enc_dec", "dec_self"):
        queries, keys = opened.lengths(kind)
        layers = []
        for power in (8, 4):
            rows = []
            for q, k in zip(queries, keys, strict=True):
                weights = generator.random((q, k, 2)) ** power
                if kind == "dec_self":
                    weights *= np.tri(q)[:, :, None]
                rows.append((weights / weights.sum(1, keepdims=True)).reshape(-1, 2))
            layers.append(np.concatenate(rows))
        opened.attention[kind] = np.stack(layers)
    return opened


@pytest.fixture(scope="module")
def stores() -> dict[TicketName, Store]:
    return {LTH0: store(1), LTH2: store(2), OTHER: store(3)}


@pytest.fixture(scope="module")
def result(stores: dict[TicketName, Store]) -> TicketSimilarity:
    return examine(
        LTH2, stores[LTH2], {LTH0: stores[LTH0]},
        groups=4, block=256, threshold=0.95, progress=lambda line: None,
    )  # fmt: skip


def value(
    result: TicketSimilarity, measure: str, ticket: str, layer: int, other: str, at: int, side: str
):
    table = result.table()
    rows = table[
        (table["measure"] == measure) & (table["ticket"] == ticket) & (table["layer"] == layer)
        & (table["other_ticket"] == other) & (table["other_layer"] == at)
        & (table["module"] == side)
    ]  # fmt: skip
    assert len(rows) == 1, rows
    return rows.iloc[0]


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_layers_are_compared_with_those_of_the_other_ticket(result, stores, side):
    own, other = getattr(stores[LTH2], side), getattr(stores[LTH0], side)
    row = value(result, "LayerSim", "LTH2", 1, "LTH0", 2, side)
    assert row["value"] == pytest.approx(layer_sim(own[1], other[2]), abs=1e-6)
    assert row["debiased"] == pytest.approx(layer_sim(own[1], other[2], debiased=True), abs=1e-6)
    assert row["n"] == sum(LENGTHS[side])
    assert np.isnan(row["low"])
    same = value(result, "LayerSim", "LTH2", 2, "LTH0", 2, side)
    assert same["low"] < same["value"] < same["high"] <= 1


def test_neurons_are_followed_both_ways(result, stores):
    own, other = stores[LTH2].encoder, stores[LTH0].encoder
    forth = value(result, "NeuronSim", "LTH2", 1, "LTH0", 2, "encoder")["value"]
    back = value(result, "NeuronSim", "LTH0", 2, "LTH2", 1, "encoder")
    assert forth == pytest.approx(neuron_sim(own[1], other[2]).value, abs=1e-6)
    assert back["value"] == pytest.approx(neuron_sim(other[2], own[1]).value, abs=1e-6)
    assert forth != pytest.approx(back["value"], abs=1e-6)
    assert back["series"] == "magnitude"  # whose ticket it is about, not LTH0's
    best = neuron_sim(own[2], other[2])
    assert result.matrices["encoder/LTH0/best/2"].tolist() == best.best.tolist()
    assert result.matrices["encoder/LTH0/maxima/2"] == pytest.approx(best.maxima, abs=1e-6)
    same = value(result, "NeuronSim", "LTH2", 2, "LTH0", 2, "encoder")
    groups = even_groups(offsets("encoder"), 4)
    (interval,) = compare(own[2:], other[2:], groups=groups).intervals["NeuronSim"]
    assert (same["low"], same["high"]) == pytest.approx(tuple(interval), abs=1e-6)


def test_the_maxima_with_lth0_are_collected(result, tmp_path):
    """Those with another ticket stay in the ticket's own file."""
    path = tmp_path / "LTH2.npz"
    write_arrays(path, result.matrices | {"encoder/seed2-LTH0/maxima/2": np.zeros(6)})
    maxima = neuron_maxima({LTH2: path})
    layers = {"encoder": range(3), "decoder": range(3), "enc_self": [1, 2], "enc_dec": [1, 2],
              "dec_self": [1, 2]}  # fmt: skip
    assert list(maxima) == [
        f"seed1/magnitude/LTH2/{module}/{layer}" for module, of in layers.items() for layer in of
    ]
    expected = result.matrices["encoder/LTH0/maxima/2"]
    np.testing.assert_array_equal(maxima["seed1/magnitude/LTH2/encoder/2"], expected)


def test_categories_are_compared_on_the_final_layer_of_the_encoder(stores):
    labels = np.array(["a", "b"])[np.arange(sum(LENGTHS["encoder"])) % 2]
    warnings: list[str] = []
    options = {"least": 5, "resamples": 10, "block": 256}
    kinds = {"pos": labels, "frequency": labels[::-1]}
    table = category_table(
        LTH2, stores[LTH2], stores[LTH0], kinds, progress=warnings.append, **options
    )
    assert table[["kind", "category"]].to_numpy().tolist() == [
        [kind, label] for kind in ("pos", "frequency") for label in "ab"
    ]
    similarity = category_sim(
        stores[LTH2].encoder[2],
        stores[LTH0].encoder[2],
        labels,
        sentences=np.repeat(np.arange(8), LENGTHS["encoder"]),
        seed=1,
        **options,
    )[1]
    row = table.iloc[1]
    assert (row["seed"], row["series"], row["ticket"], row["k"]) == (1, "magnitude", "LTH2", 2)
    columns = ("n", "value", "debiased", "equal_n", "equal_size", "low", "high")
    assert [row[name] for name in columns] == [getattr(similarity, name) for name in columns]
    assert row["n_per_d"] == 23 / 6
    assert [line.split(" categories")[0] for line in warnings] == ["warning: 4 of 4"]


def test_the_neurons_of_lth0_look_for_their_match_in_the_ticket(stores):
    """Section 5.2. The ticket's neuron 1 is more of LTH0's 0 than of its 1, which has none else."""
    dense = stores[LTH0]
    copies = dense.encoder.copy()
    copies[2, :, 1] = 0.8 * dense.encoder[2, :, 0] + 0.6 * dense.encoder[2, :, 1]
    ticket = replace(stores[LTH2], encoder=copies)
    result = examine(
        LTH2, ticket, {LTH0: dense}, groups=4, block=256, threshold=0.9, progress=lambda line: None
    )
    row = value(result, "SameNeuron", "LTH2", 2, "LTH0", 2, "encoder")
    forth, back = (
        neuron_sim(*pair) for pair in ((copies[2], dense.encoder[2]), (dense.encoder[2], copies[2]))
    )
    assert row["value"] == back.same_rate and row["reverse"] == forth.same_rate
    assert (forth.same_rate, back.same_rate) == (pytest.approx(5 / 6), 1)


def test_tokens_a_dimension_stand_beside_every_similarity_and_few_are_warned_of(stores):
    table, said = {}, {}
    for dim, tokens in ((9, 46), (10, 46)):  # a little above ENOUGH, and below
        lines = []
        wide = {
            name: replace(
                stores[name], encoder=np.concatenate([stores[name].encoder] * 2, 2)[..., :dim]
            )
            for name in (LTH0, LTH2)
        }
        result = examine(
            LTH2, wide[LTH2], {LTH0: wide[LTH0]},
            groups=4, block=256, threshold=0.9, progress=lines.append,
        )  # fmt: skip
        table = result.table()
        rows = table[table["module"] == "encoder"]
        np.testing.assert_allclose(rows["n_per_d"], tokens / dim)
        said[dim] = [line for line in lines if line.startswith("warning: encoder has")]
    assert not said[9]
    assert len(said[10]) == 1 and "4.6 tokens for each of its 10 dimensions" in said[10][0]


@pytest.mark.parametrize("kind", ["enc_self", "enc_dec", "dec_self"])
def test_attention_is_compared_head_by_word_pair(result, stores, kind):
    sentences = range(len(LENGTHS["encoder"]))
    own, other = (
        [stores[name].attention_map(kind, 0, sentence) for sentence in sentences]
        for name in (LTH2, LTH0)
    )
    lengths = np.column_stack(stores[LTH0].lengths(kind))
    row = value(result, "AttentionSim", "LTH2", 1, "LTH0", 1, kind)
    assert row["value"] == pytest.approx(attention_sim(own, other, lengths, kind), abs=1e-6)
    between = value(result, "AttentionSim", "LTH2", 1, "LTH2", 2, kind)
    assert between["low"] < between["value"] < between["high"] <= 1


@pytest.mark.parametrize("kind", ["enc_self", "enc_dec", "dec_self"])
def test_concentration_is_that_of_each_layer_and_their_mean(result, stores, kind):
    ticket = stores[LTH2]
    layout = Layout(np.column_stack(ticket.lengths(kind)), kind)
    *layers, whole = [row for row in result.concentration if row["module"] == kind]
    assert [(row["kind"], row["layer"]) for row in layers] == [("layer", 1), ("layer", 2)]
    for layer, row in enumerate(layers):
        maps = [ticket.attention_map(kind, layer, i) for i in range(ticket.sentences)]
        concentrated = np.concatenate([(weights.max(axis=2) > 0.95).ravel() for weights in maps])
        assert row["share"] == pytest.approx(concentrated.mean())
        interval = concentration_interval(ticket.attention[kind][layer], layout, 4, threshold=0.95)
        assert (row["low"], row["high"]) == interval
    assert layers[0]["share"] > layers[1]["share"]
    assert (whole["kind"], whole["layer"]) == ("all", None)
    assert whole["share"] == pytest.approx((layers[0]["share"] + layers[1]["share"]) / 2)


def test_groups_have_a_part_of_every_text_of_the_split(stores):
    texts, kind = [5, 3], "enc_dec"
    of_two = examine(
        LTH2, stores[LTH2], {LTH0: stores[LTH0]},
        groups=3, block=256, threshold=0.95, texts=texts, progress=lambda line: None,
    )  # fmt: skip
    own, other = stores[LTH2], stores[LTH0]
    same = value(of_two, "NeuronSim", "LTH2", 2, "LTH0", 2, "encoder")
    groups = even_groups(offsets("encoder"), 3, texts)
    expected = compare(own.encoder[2:], other.encoder[2:], groups=groups).intervals["NeuronSim"]
    assert (same["low"], same["high"]) == pytest.approx(tuple(expected[0]), abs=1e-6)

    layout = Layout(np.column_stack(own.lengths(kind)), kind)
    row = next(row for row in of_two.concentration if row["module"] == kind)
    shares = (np.maximum.reduceat(own.attention[kind][0], layout.starts) > 0.95).mean(axis=1)
    outside = [
        np.delete(shares, np.r_[tuple(slice(*run) for run in group)]).mean()
        for group in even_groups(starts(layout.queries), 3, texts)
    ]
    assert (row["low"], row["high"]) == pytest.approx(around(shares.mean(), np.array(outside)))


def test_a_tickets_own_layers_are_compared_once_and_never_with_themselves(result, stores):
    own = stores[LTH2].decoder
    table = result.table()
    mine = table[(table["ticket"] == "LTH2") & (table["other_ticket"] == "LTH2")]
    pairs = mine[(mine["measure"] == "LayerSim") & (mine["module"] == "decoder")]
    assert sorted(zip(pairs["layer"], pairs["other_layer"], strict=True)) == [
        (0, 1),
        (0, 2),
        (1, 2),
    ]
    ordered = mine[(mine["measure"] == "NeuronSim") & (mine["module"] == "decoder")]
    assert sorted(zip(ordered["layer"], ordered["other_layer"], strict=True)) == [
        (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1),
    ]  # fmt: skip
    expected = layer_sim(own[0], own[2])
    assert pairs["value"].iloc[1] == pytest.approx(expected, abs=1e-6)
    assert result.matrices["decoder/LTH2/LayerSim"].shape == (3, 3)


def test_spectra_are_of_the_final_layers_both_ways(result, stores):
    rows = [r for r in result.spectra if r["module"] == "encoder" and not r["centered"]]
    assert [r["rank"] for r in rows] == [1, 2, 3, 4, 5, 6]
    uncentred = spectrum(stores[LTH2].encoder[2], centered=False).cumulative
    assert [r["share"] for r in rows] == pytest.approx(list(uncentred), abs=1e-6)
    centred = [r["share"] for r in result.spectra if r["module"] == "encoder" and r["centered"]]
    assert centred == pytest.approx(list(spectrum(stores[LTH2].encoder[2]).cumulative), abs=1e-6)


def test_the_table_has_the_promised_columns_and_names_the_other_seed(stores):
    result = examine(
        OTHER, stores[OTHER], {LTH0: stores[LTH0]},
        groups=4, block=256, threshold=0.5, progress=lambda line: None,
    )  # fmt: skip
    table = result.table()
    assert list(table.columns) == COLUMNS
    between = table[(table["seed"] == 2) & (table["other_seed"] == 1)]
    assert set(between["series"]) == {"dense"}
    assert "encoder/seed1-LTH0/LayerSim" in result.matrices
    assert "encoder/LTH0/LayerSim" in result.matrices  # its own layers


@pytest.mark.parametrize("side", ["source", "target"])
def test_stores_of_different_texts_are_refused(stores, side):
    """Even if their sentences have the same lengths."""
    description = stores[LTH0].description.model_copy(update={side: "0" * 64})
    other = replace(stores[LTH0], path=Path("LTH0"), description=description)
    with pytest.raises(InputError, match=r"^\. and LTH0 hold different texts"):
        examine(
            LTH2, stores[LTH2], {LTH0: other},
            groups=4, block=256, threshold=0.95, progress=lambda line: None,
        )  # fmt: skip


def test_a_full_gpu_names_the_key_to_lower(stores, monkeypatch):
    def full(*arguments, **options):
        raise torch.OutOfMemoryError(
            "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79 GiB."
        )

    monkeypatch.setattr(torch, "empty", full)
    said = (
        r"^memory was full: lower similarity\.block "
        r"\(CUDA out of memory\. Tried to allocate 2\.00 GiB\)$"
    )
    with pytest.raises(InputError, match=said):
        examine(
            LTH2, stores[LTH2], {LTH0: stores[LTH0]},
            groups=4, block=256, threshold=0.95, progress=lambda line: None,
        )  # fmt: skip
    tokens = np.ones((40, 3))
    with pytest.raises(InputError, match=said):
        category_sim(tokens, tokens, ["a"] * 40, least=4)
