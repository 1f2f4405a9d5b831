"""The smallest experiments end with a report: one layer and one iteration, and LTH0 alone."""

import pandas as pd
import pytest
import yaml

from tests.workflow.conftest import snakemake
from ticketscope.similarity.categories import COLUMNS

WIDTHS = {
    f"{side}-{key}": 16 for side in ("encoder", "decoder") for key in ("embed-dim", "ffn-embed-dim")
}


def tiny(iterations: int, layers: int) -> dict:
    return {
        "experiment": "tiny",
        "seeds": [1],
        "corpus": {"toy": {"train": 300, "valid": 40, "test": 40, "unseen": 20}},
        "subwords": {"size": 200},
        "model": {"overrides": WIDTHS | {"encoder-layers": layers, "decoder-layers": layers}},
        "training": {"max_epoch": 2, "max_tokens": 1024, "warmup_updates": 5, "log_interval": 5},
        "pruning": {"iterations": iterations, "fraction": 0.5},
        "rewinding": {"point": 0.5},
        "scoring": {"resamples": 100},
        "behaviour": {
            "items": 10,
            "resamples": 100,
            "paths": {"points": 3, "sentences": 10, "translated": 2},
            "sensitivity": {"sentences": 10, "translated": "none"},
        },
        "similarity": {"least": 20, "resamples": 100},
        "probing": {
            "tasks": ["POS", "SynPred"], "limit": 60, "hidden": 8, "max_epoch": 2,
            "fractions": [0.5], "resamples": 100,
        },
    }  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("iterations", "layers"), [(0, 2), (1, 1)])
def test_the_report_is_whole(clone, iterations, layers):
    (clone / "tiny.yaml").write_text(yaml.safe_dump(tiny(iterations, layers)))
    snakemake(clone, "--configfile", "tiny.yaml")
    results = clone / "results/tiny"
    assert (results / "report.html").is_file()
    assert (pd.read_csv(results / "figures/figure_a11.csv").empty) == (layers == 1)
    categories = pd.read_csv(results / "tables/categories.csv")
    assert tuple(categories.columns) == COLUMNS
    assert categories.empty == (iterations == 0)
    assert len(pd.read_csv(results / "tables/table_a1.csv")) == 1 + 3 * iterations
