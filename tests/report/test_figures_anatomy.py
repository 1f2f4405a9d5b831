"""Segments and silenced modules: the numbers of their figures, and what is drawn of them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.report.anatomy_tables import HEIGHTS, anatomy
from tests.report.drawn_words import caption, legend
from ticketscope.report.figures import anatomy as draw
from ticketscope.report.tables import anatomy as numbers


@pytest.fixture(scope="module")
def tables():
    return anatomy()


def test_barriers_are_means_over_the_seeds_that_have_the_pair(tables):
    frame = numbers.barrier_heights(tables.barriers, tables.sparsity)
    loss = frame[frame["measure"] == "barrier"]
    assert loss.groupby("kind")["value"].mean().to_dict() == pytest.approx(HEIGHTS)
    assert dict(loss.groupby("kind")["seeds"].max()) == {"previous": 3, "control": 3, "seeds": 2}
    drop = frame[frame["measure"] == "bleu_drop"].groupby("kind")["value"].mean()
    assert drop.to_dict() == pytest.approx({k: 10 * height for k, height in HEIGHTS.items()})
    figure = draw.plots()["barriers"].draw(tables)
    assert [axes.get_title() for axes in figure.axes[:3]] == [
        "LTHk-1 and LTHk", "control and LTHk", "two seeds"
    ]  # fmt: skip
    silent = tables.barriers.assign(bleu_drop=np.nan)
    figure = draw.plots()["barriers"].draw(replace(tables, barriers=silent))
    assert len(figure.axes) == 3 and "BLEU" not in caption(figure)


def test_pairs_of_seeds_share_seeds_and_have_no_interval():
    tables = anatomy((1, 2, 3, 4))
    for name, frame in (
        ("segments", numbers.segment_losses(tables.segments)),
        ("barriers", numbers.barrier_heights(tables.barriers, tables.sparsity)),
    ):
        pairs = frame["kind"] == "seeds"
        assert frame.loc[pairs, "seeds"].eq(3).all() and frame.loc[~pairs, "seeds"].eq(4).all()
        assert frame.loc[pairs, ["low", "high"]].isna().all(axis=None)
        assert frame.loc[~pairs, ["low", "high"]].notna().all(axis=None)
        said = caption(draw.plots()[name].draw(tables))
        assert "mean of 4 seeds. Bands: 95 %" in said
        assert "Between seeds: mean of 3 pairs of seeds, without an interval." in said
    alone = tables.barriers[tables.barriers["kind"] == "seeds"]
    said = caption(draw.plots()["barriers"].draw(replace(tables, barriers=alone)))
    assert "; between seeds: mean of 3 pairs" in said and "4 seeds" not in said


def test_segments_have_a_line_a_series_and_its_seeds(tables):
    figure = draw.plots()["segments"].draw(tables)
    assert len(figure.axes) == 3 * 2
    control = figure.axes[2]
    thick = [line for line in control.lines if line.get_linewidth() >= 1]
    thin = [line for line in control.lines if line.get_linewidth() < 1]
    assert len(thick) == 2 and len(thin) == 2 * 3  # what is pruned, and three seeds
    assert list(thick[0].get_xdata()) == [0, 0.25, 0.5, 0.75, 1]
    assert max(thick[0].get_ydata()) == pytest.approx(1 + 0.05 + 0.2)


def test_several_controls_have_styles_of_their_own(tables):
    again = tables.segments[tables.segments["kind"] == "control"]
    both = np.r_[tables.segments.to_numpy(), again.assign(other_series="reordered").to_numpy()]
    segments = type(again)(both, columns=again.columns).infer_objects()
    figure = draw.plots()["segments"].draw(replace(tables, segments=segments))
    assert {"magnitude, from reordered", "magnitude"} <= {*legend(figure)}


def test_a_planted_order_is_found_and_heads_stay_apart_by_seed(tables):
    frame = numbers.needed_modules(tables.sensitivity, tables.module_sparsity)
    assert set(frame["pruned_series"]) == {"magnitude"}
    assert list(frame["series"].unique()) == ["dense", "control", "magnitude"]
    whole, heads = (frame[frame["level"] == level] for level in numbers.LEVELS)
    assert frame["rho"].tolist() == pytest.approx([-1.0] * len(frame))
    assert whole["head"].isna().all() and whole["seeds"].eq(3).all()
    assert sorted(heads["seed"].unique()) == [1, 2, 3] and heads["head"].notna().all()
    row = whole.iloc[0]
    rows = tables.sensitivity.query(
        f"series == 'magnitude' and side == '{row.side}' and layer == {row.layer} "
        f"and block == '{row.block}' and head.isna()"
    )
    assert row["sparsity_percent"] == pytest.approx(100 * rows["sparsity"].mean())
    figure = draw.plots()["sensitivity"].draw(tables)
    assert len(figure.axes) == 2 * 3
    assert "rank correlation -1.00 [-1.00, -1.00]" in figure.axes[0].get_title()


def test_correlation_is_of_a_seeds_own_modules(tables):
    """Modules that each seed needs in another order have none, whatever their means."""
    rows = tables.sensitivity
    flip = rows["seed"].map({1: 1, 2: -1, 3: 0})
    frame = numbers.needed_modules(
        rows.assign(change=flip * rows["sparsity"]), tables.module_sparsity
    )
    own = frame[(frame["series"] == "magnitude") & (frame["level"] == "sublayers")]
    assert own["rho"].iloc[0] == pytest.approx(0)


def test_without_a_control_there_are_two_tickets_and_without_unevenness_nothing(tables):
    lone = tables.sensitivity[tables.sensitivity["series"].isin(["dense", "magnitude"])]
    figure = draw.plots()["sensitivity"].draw(replace(tables, sensitivity=lone))
    assert len(figure.axes) == 2 * 2
    even = tables.module_sparsity[tables.module_sparsity["series"] != "magnitude"]
    figure = draw.plots()["sensitivity"].draw(replace(tables, module_sparsity=even))
    assert "No series prunes" in figure.axes[0].texts[0].get_text()
