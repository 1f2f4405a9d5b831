"""Figures of masks compared: what is planted is shown, by pair and by module."""

import numpy as np
import pytest

from tests.report.drawn_words import caption, words
from tests.report.mask_tables import HEADS, TicketName, mask_of, mask_tables
from ticketscope.report.figures.masks import plots
from ticketscope.report.tables.masks import module_overlaps, overlaps, what_is_left
from ticketscope.tickets.overlap import mask_overlap, pool_overlap


@pytest.fixture(scope="module")
def tables():
    return mask_tables((1, 2, 3))


def of_pair(seed: int, other: int, k: int) -> tuple[float, float]:
    """Overlap above chance and its standard deviation at chance, in %."""
    masks = (mask_of(TicketName(s, "magnitude", k)) for s in (seed, other))
    table = mask_overlap(*masks, HEADS).query("kind == 'weight'").assign(all=1)
    above, chance = pool_overlap(table, ["all"])[["above_chance", "chance_sd"]].iloc[0]
    return 100 * above, 100 * chance


def test_a_seeds_value_is_its_mean_with_the_others_and_has_no_interval(tables):
    frame = overlaps(tables.overlap, tables.sparsity)
    rows = frame[(frame["between"] == "seeds") & (frame["series"] == "magnitude")].set_index("k")
    for k in (1, 2):
        both = {pair: of_pair(*pair, k) for pair in ((2, 1), (3, 1), (3, 2))}
        pairs = {pair: above for pair, (above, _) in both.items()}
        assert rows.loc[k, "value"] == pytest.approx(np.mean(list(pairs.values())))
        assert rows.loc[k, "chance"] == pytest.approx(np.mean([sd for _, sd in both.values()]))
        for seed in (1, 2, 3):
            own = np.mean([value for pair, value in pairs.items() if seed in pair])
            assert rows.loc[k, f"seed{seed}"] == pytest.approx(own)
    assert rows[["low", "high"]].isna().all(axis=None) and (rows["value"] > 60).all()
    random = frame[(frame["between"] == "seeds") & (frame["series"] == "random")]
    assert (random["value"].abs() < 3 * random["chance"]).all()
    series = frame[frame["between"] == "series"]
    assert list(series["other_series"].unique()) == ["magnitude"] and (series["seeds"] == 3).all()
    assert series[["low", "high"]].notna().all(axis=None)
    # As sparse as the mean of both series.
    sparsities = [
        100 * np.mean([mask_of(TicketName(seed, name, 2)).sparsity for seed in (1, 2, 3)])
        for name in ("magnitude", "random")
    ]
    assert series.set_index("k").loc[2, "x_percent"] == pytest.approx(np.mean(sparsities))


def test_a_pair_of_series_does_not_look_like_a_series(tables):
    lines = plots()["mask_overlap"].draw(tables).legends[0].get_lines()
    looks = {(line.get_color(), line.get_linestyle()) for line in lines}
    assert len(looks) == len(lines) == 3


def test_grey_is_two_standard_deviations_at_chance(tables):
    frame = overlaps(tables.overlap, tables.sparsity).query("between == 'seeds'")
    widest = frame.groupby("k")["chance"].max().sort_values()
    panel = plots()["mask_overlap"].draw(tables).axes[0]
    edges = np.unique(np.abs(panel.collections[0].get_paths()[0].vertices[:, 1]).round(9))
    np.testing.assert_allclose(edges, 2 * widest, rtol=1e-6)


def test_a_shorter_series_is_shown_at_its_own_last_ticket(tables):
    longer = (tables.overlap["series"] != "random") | (tables.overlap["k"] == 1)
    frame = module_overlaps(tables.overlap[longer])
    last = frame[frame["between"] == "seeds"].groupby("series")["ticket"].unique().map(list)
    assert last.to_dict() == {"magnitude": ["LTH2"], "random": ["LTH1"]}


def test_modules_are_those_of_the_last_ticket_in_the_networks_order(tables):
    frame = module_overlaps(tables.overlap)
    assert set(frame["ticket"]) == {"LTH2"}
    assert list(frame["side"].unique()) == ["encoder", "decoder"]
    rows = frame[(frame["between"] == "seeds") & (frame["series"] == "magnitude")]
    blocks = ["enc-self", "fc", "dec-self", "enc-dec", "fc"]
    assert list(rows.drop_duplicates(["side", "block"])["block"]) == blocks
    assert len(rows) == 16 and (rows["value"] > 40).all()
    figure = plots()["mask_overlap_modules"].draw(tables)
    ticks = [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert ticks == ["magnitude, other seeds", "random, other seeds", "magnitude and random"]
    assert len(words(figure)) == len(frame)


def test_dead_units_and_ranks_are_shares_of_all(tables):
    frame = (
        what_is_left(tables.units, tables.ranks, tables.sparsity)
        .set_index(["measure", "series", "k"])
        .sort_index()
    )
    # Of 24 neurons a side 6 and 12 in the encoder have no input.
    neurons = frame.loc["neurons", "value"]
    assert neurons["magnitude", 2] > neurons["magnitude", 1] >= 100 * 6 / 48
    assert not neurons["control"].any() and not neurons["dense", 0]
    assert frame.loc[("neurons", "magnitude", 1), "n"] == 48
    assert frame.loc[("heads", "magnitude", 1), "n"] == 2 + 4 + 4
    sums = tables.ranks.query("series == 'magnitude' and k == 2").sum(numeric_only=True)
    for measure in ("structural_rank", "effective_rank"):
        shown = frame.loc[(measure, "magnitude", 2), "value"]
        assert shown == pytest.approx(100 * sums[measure] / sums["full_rank"])
    assert sums["effective_rank"] < 0.95 * sums["structural_rank"]
    rank = frame.loc["structural_rank", "value"]
    assert rank["control"].eq(100).all() and rank["dense", 0] == 100
    assert frame.loc[("structural_rank", "dense", 0), "n"] == 16


@pytest.mark.parametrize("seeds", [(1,), (1, 2)])
def test_few_seeds_and_one_series_are_drawn_as_far_as_there_are_pairs(seeds):
    few = mask_tables(seeds, series=["magnitude"])
    figure = plots()["mask_overlap"].draw(few)
    if len(seeds) == 1:
        assert any("no two masks" in text for text in words(figure))
        assert any("no two masks" in t for t in words(plots()["mask_overlap_modules"].draw(few)))
    else:
        assert [axes.get_title() for axes in figure.axes] == ["the same series, other seeds"]
        assert "mean of 1 pair of 2 seeds" in caption(figure)
    assert "1 seed" in caption(plots()["dead_units"].draw(mask_tables((1,))))


def test_one_seed_shows_its_series_alone():
    alone = mask_tables((1,))
    # Iterations are whole numbers in the CSV beside the figure.
    assert overlaps(alone.overlap, alone.sparsity)["k"].dtype == int
    figure = plots()["mask_overlap"].draw(alone)
    assert [axes.get_title() for axes in figure.axes] == ["the same seed, other series"]
    assert "1 seed." in caption(figure) and "Right" not in caption(figure)
