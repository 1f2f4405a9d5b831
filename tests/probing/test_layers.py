"""Best layers both ways, and the z-scores of the figures."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.probing.layers import best_layers, over_replicates, tasks_at_floor, z_scores


def table(scores):
    """Rows of (layer, replicate, dev, test)."""
    fixed = {
        "suite": "toy", "task": "POS", "group": "POS", "probe": "linear", "metric": "accuracy",
        "seed": 1, "series": "magnitude", "ticket": "LTH1",
    }  # fmt: skip
    frame = pd.DataFrame(scores, columns=["layer", "replicate", "dev", "test"])
    return frame.assign(**fixed)


def test_replicates_are_averaged_before_the_best_layer_is_chosen():
    rows = [
        (0, 0, 0.99, 0.99), (0, 1, 0.99, 0.99),
        (1, 0, 0.80, 0.70), (1, 1, 0.80, 0.72),
        (2, 0, 0.70, 0.95), (2, 1, 0.70, 0.55),
        (3, 0, 0.75, 0.80), (3, 1, 0.75, 0.76),
    ]  # fmt: skip
    (best,) = best_layers(table(rows)).to_dict("records")
    # The paper's: best on test, layer 3, not the lucky replicate of layer 2 nor the embeddings.
    assert (best["layer"], best["test"]) == (3, pytest.approx(0.78))
    assert (best["clean_layer"], best["clean_test"]) == (1, pytest.approx(0.71))
    assert best["test_sd"] == pytest.approx(0.04 / 2**0.5)
    assert best["replicates"] == 2


def test_single_replicates_have_no_spread():
    assert over_replicates(table([(1, 0, 0.5, 0.5)]))["test_sd"].isna().all()


def test_a_task_is_at_its_floor_if_one_linear_probe_of_a_trained_layer_is():
    rows = table([(layer, replicate, 0.5, 0.5) for layer in (0, 1, 2) for replicate in (0, 1)])

    def stuck(layer, replicate=1, **columns):
        at_floor = (rows["layer"] == layer) & (rows["replicate"] == replicate)
        return rows.assign(at_floor=at_floor, **columns)

    assert over_replicates(stuck(2))["at_floor"].tolist() == [False, False, True]
    assert tasks_at_floor(stuck(2)) == {"POS"}
    assert not tasks_at_floor(stuck(0))
    assert not tasks_at_floor(stuck(2, probe="mlp")) | tasks_at_floor(stuck(2, series="untrained"))


@given(st.lists(st.lists(st.floats(0, 1), min_size=9, max_size=9), min_size=6, max_size=6))
def test_z_scores_are_pooled_over_all_cells(grid):
    """Spec 11.8."""
    grid = np.array(grid)
    if np.ptp(grid) < 1e-6:
        return
    z = z_scores(grid)
    assert z.mean() == pytest.approx(0, abs=1e-9)
    assert z.std() == pytest.approx(1)
    best = np.take_along_axis(z, grid.argmax(axis=0)[None], axis=0)[0]
    np.testing.assert_allclose(z.max(axis=0), best)


def test_the_papers_grid_is_standardised_over_all_its_cells(root):
    """Figure A3 as printed, to one decimal; its best layers are Figure 1's column POS."""
    paper = json.loads((root / "src/ticketscope/report/paper_values.json").read_text())
    grid = np.array(paper["figure_a3"]["rows_layer_1_to_6"])
    np.testing.assert_allclose(z_scores(grid), grid, atol=0.02)
    rows = np.array(paper["figure_1"]["rows_LTH0_to_LTH8"])
    best = rows[:, paper["figure_1"]["columns"].index("POS")]
    np.testing.assert_allclose(z_scores(grid).max(axis=0), best, atol=0.02)


def test_equal_and_missing_cells():
    assert (z_scores(np.ones((2, 3))) == 0).all()
    scores = z_scores(np.array([[1.0, np.nan], [3.0, 1.0]]))
    assert np.isnan(scores[0, 1]) and np.nanmean(scores) == pytest.approx(0)
