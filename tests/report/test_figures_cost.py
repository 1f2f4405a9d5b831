"""Figures of what tickets cost: shares and ratios by hand, and the lines that they are read by."""

import pytest

from tests.report.cost_tables import cost_tables
from ticketscope.report.figures.cost import plots
from ticketscope.report.tables.cost import stored_bytes, time_ratios

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def tables():
    return cost_tables(SEEDS)


def test_bytes_are_a_share_of_the_dense_models_and_of_series_that_prune(tables):
    frame = stored_bytes(tables.cost, tables.sparsity)
    assert list(frame["series"].unique()) == ["dense", "magnitude", "random"]
    percent = frame.set_index(["series", "k", "format"])["percent"].sort_index()
    # 1000 values of 4 bytes, 700 of them not zero; 100 bytes of mask; the seeds' mean is 2.
    assert percent["dense", 0, "nonzero"] == pytest.approx(100)
    shares = {
        "nonzero": 70,
        "bytes_bitmask": (2800 + 102) / 40,
        "bytes_csr": (5600 + 2) / 40,
        "bytes_deflate": (2800 - 2) / 40,
    }
    assert percent["magnitude", 1].to_dict() == pytest.approx(shares)
    row = frame.query("series == 'random' and k == 1 and format == 'bytes_csr'").iloc[0]
    assert row["x_percent"] == pytest.approx(20) and row["seed3"] == pytest.approx(5603 / 40)


def test_a_ratio_of_times_is_above_one_where_zeros_cost_time(tables):
    frame = time_ratios(tables.speed, tables.sparsity)
    assert set(frame["side"]) == {"encoder", "decoder"} and (frame["ratio"] > 1).all()
    row = frame.query("series == 'magnitude' and k == 1 and side == 'decoder'").iloc[0]
    ratios = [(2 + seed / 10 - 1 / 9) / (1 + seed / 10 - 1 / 9) for seed in SEEDS]
    assert [row[f"seed{seed}"] for seed in SEEDS] == pytest.approx(ratios)
    assert row["ratio"] == pytest.approx(sum(ratios) / 3)


@pytest.mark.parametrize(("name", "as_dense"), [("cost_bytes", 100), ("cost_speed", 1)])
def test_the_dotted_line_is_where_a_ticket_costs_as_much_as_the_dense_model(tables, name, as_dense):
    for axes in plots()[name].draw(tables).axes:
        (dotted,) = (line for line in axes.lines if line.get_linestyle() == ":")
        assert list(dotted.get_ydata()) == [as_dense] * 2
