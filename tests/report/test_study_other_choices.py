"""What rules that were not registered would decide; like with like where sentences have parts."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.report.claims_tables import build
from tests.report.study_parts import with_parts
from ticketscope.claims.model import claims
from ticketscope.report.study import other_choices
from ticketscope.report.study.experiment_tables import _beside_controls, _placebo_effects
from ticketscope.report.study.parts import paper_number, paper_text
from ticketscope.report.study.placebo import Placebo
from ticketscope.report.study.rejudged import (
    LAST,
    RANDOM,
    judged_at_last_ticket,
    judged_with,
    judged_without_shuffled,
    other_verdicts,
)

CLAIMS = {claim.id: claim for claim in claims()}


def verdict_rows(of_ids: dict[str, dict[str, object]]) -> pd.DataFrame:
    """Rows of two experiments: supported at equal training, unless `of_ids` says else of one."""
    common = {"column": "equal_training", "verdict": "supported", "p": 0.001, "low": 0.1,
              "high": 0.3, "seeds_alone": False, "depends": False}  # fmt: skip
    return pd.DataFrame(
        common | {"id": name, "experiment": experiment} | (more if experiment == "two" else {})
        for experiment in ("one", "two")
        for name, more in of_ids.items()
    )


def test_the_count_of_decided_sentences_is_qualified() -> None:
    p = [0.001, 0.002, 0.003, 0.02, 0.004, 0.5]
    rows = verdict_rows(
        {
            "clean": {"p": p[0]},
            "no-error-for-sentences": {"p": p[1], "seeds_alone": True},
            "a-point": {"p": p[2], "low": 0.0, "high": 0.0},
            "near": {"p": p[3]},
            "on-the-control": {"p": p[4], "depends": True},
            "open": {"p": p[5], "verdict": "open"},
        }
    )
    # The first correction rejects .02 of six, the second does not.
    assert (
        stats.false_discovery_control(p)[3]
        < 0.05
        < stats.false_discovery_control(p, method="by")[3]
    )
    assert other_choices.qualified(rows) == {
        "sentences": 4, "spread": 4, "corrected": 4, "all": 1, "equal_training": 5,
        "equal_training_all_controls": 4,
    }  # fmt: skip


def test_other_choices_are_counted_and_reversals_are_named() -> None:
    rows = verdict_rows({"a": {}, "b": {}, "c": {"verdict": "open", "p": 0.9}, "d": {}})
    rows.loc[rows["id"] == "d", "verdict"] = "sized for it"
    others = pd.DataFrame(
        {"choice": "mine", "column": "equal_training", "id": ["a", "b", "c", "d"]}
        | {"verdict": ["contradicted", "open", "supported", "open"]}
    )
    told = other_choices.tables(rows, {"two": others})
    lines = [line.split(" | ") for line in told["other_counts"].splitlines()[2:]]
    # One and two decide a, b and c; a, b. What is not counted stays so.
    counts = {line[0].strip("| "): [cell.strip("| ") for cell in line[2:]] for line in lines[:3]}
    assert counts == {
        "as registered": ["3", "2", "2", "0", "none"],
        "mine": ["3", "2", "2", "3", "`a`"],
        other_choices.CORRECTED: ["3", "2", "2", "0", "none"],
    }
    changes = "supported → contradicted: `a`<br>supported → open: `b`<br>open → supported: `c`"
    shown = told["other_verdicts"].splitlines()[2:]
    assert len(shown) == 1 and sorted(shown[0].split(" | ")[3].strip("| ").split("<br>")) == sorted(
        changes.split("<br>")
    )


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    """NeuronSim falls by hand; no claim about other tables can be measured."""
    built = build(1, seeds=(1, 2, 3), ks=[3, 5, 8])
    similarity = built["similarity"]
    similarity = similarity[similarity["measure"] == "NeuronSim"]
    similarity = similarity[similarity["series"].isin(["dense", "magnitude", "random", "control"])]
    control = similarity[similarity["series"] == "control"]
    more = [control.assign(series="again")]
    more += [similarity[similarity["series"] == "random"].assign(series="shuffled")]
    similarity = pd.concat([similarity, *more], ignore_index=True)
    lasts = {"magnitude": 0.5, "random": 0.3, "shuffled": 0.4, "control": 0.9, "again": 0.8}
    for series, value in lasts.items():
        at = similarity["series"] == series
        similarity.loc[at, "value"] = 0.95
        at &= similarity["ticket"] == "LTH8"
        similarity.loc[at, "value"] = value + similarity.loc[at, "seed"] ** 2 / 1000 * value
    ends = {"low": similarity["value"] - 0.001, "high": similarity["value"] + 0.001}
    return {"similarity": similarity.assign(**ends), "sparsity": built["sparsity"]}


def effect(judged: pd.DataFrame, column: str) -> float:
    return judged.set_index("id").loc["neuronsim-falls", f"effect{column}"]


def test_an_experiment_is_judged_by_other_rules(tables: dict[str, pd.DataFrame]) -> None:
    factor = 1 + np.mean([1, 4, 9]) / 1000
    last = judged_at_last_ticket(tables)
    assert effect(last, "") == pytest.approx(1 - 0.5 * factor)
    assert effect(last, "_equal_training") == pytest.approx(0.4 * factor)
    # Without a reference the last ticket shows no change.
    statistics = last.set_index("id")["statistic"]
    assert statistics["neuronsim-falls"] == "last" and statistics["self-first-early"] == "trend"
    # The slope of what falls at the last of three tickets alone, to LTH0.
    sparsity = tables["sparsity"].query("series == 'magnitude' and k in [3, 5, 8]")
    x = sparsity.groupby("k")["sparsity_excl"].mean().to_numpy()
    reach = np.polyfit(x, [0, 0, 1], 1)[0] * x.max()
    beside = judged_with(tables, "again")
    assert effect(beside, "_equal_training") == pytest.approx(0.3 * factor * reach)
    equally_sparse = judged_without_shuffled(tables)
    assert effect(equally_sparse, "_equal_sparsity") == pytest.approx(-0.2 * factor * reach)
    verdicts = other_verdicts(tables, {"again": beside}, {}, {"before": with_parts(beside)})
    columns = verdicts.groupby("choice")["column"].unique().map(set)
    assert columns.to_dict() == {
        LAST: {"paper", "equal_training", "equal_sparsity"},
        "relative to `again`": {"equal_training"},
        RANDOM: {"equal_sparsity"},
        "before": {"paper", "equal_training", "equal_sparsity"},
    }
    told = verdicts.set_index(["choice", "id", "column"])["verdict"]
    assert told[LAST, "neuronsim-falls", "equal_training"] == "supported"
    assert told[RANDOM, "neuronsim-falls", "equal_sparsity"] == "contradicted"
    assert told.index.is_unique  # sentences, and not their parts


def test_an_experiment_without_a_shuffled_series_has_the_random_one_already(
    tables: dict[str, pd.DataFrame],
) -> None:
    similarity = tables["similarity"].query("series != 'shuffled'")
    verdicts = other_verdicts(tables | {"similarity": similarity}, {}, {}, {})
    assert set(verdicts["choice"]) == {LAST}


def test_the_papers_number_is_of_the_part_that_decides() -> None:
    higher = CLAIMS["neuronsim-higher-layers"]  # .82 to .71 in the paper's decoder
    assert paper_number(higher, "decoder") == 0.11 and np.isnan(paper_number(higher, "encoder"))
    assert paper_text(higher) == "0.11 (decoder)"
    below = CLAIMS["prediction-below-classification"]
    assert paper_number(below, "semantic") == 0.036
    assert paper_text(below) == "0.05 (syntactic), 0.036 (semantic)"
    # A mean over parts, which compares with nothing where one is missing.
    degrading = CLAIMS["degrading-tasks"]
    assert paper_number(degrading) == 0.024 and np.isnan(paper_number(degrading, "", "Coref"))
    assert (paper_text(degrading), paper_text(CLAIMS["vo-sparser"])) == ("0.024", "")
    assert np.isnan(paper_number(CLAIMS["last-layer-best"], "POS"))


def test_an_effect_of_a_part_stands_beside_magnitudes_of_the_same_part() -> None:
    first = Placebo(
        "again", "control", ("neuronsim-higher-layers", "layersim-falls"),
        {"neuronsim-higher-layers": 0.1, "layersim-falls": 0.7},
        {"neuronsim-higher-layers": {"encoder": 0.1, "decoder": 0.2}},
    )  # fmt: skip
    second = Placebo(
        "third", "control", (),
        {"neuronsim-higher-layers": 0.4},
        {"neuronsim-higher-layers": {"encoder": 0.5, "decoder": 0.4}},
    )  # fmt: skip
    effects = {
        "neuronsim-higher-layers": 0.6, "neuronsim-higher-layers/encoder": 0.6,
        "neuronsim-higher-layers/decoder": 0.8, "layersim-falls": 0.9,
    }  # fmt: skip
    judged = pd.DataFrame({"id": list(effects), "effect_equal_training": effects.values()})
    beside = pd.DataFrame(
        {"id": "neuronsim-higher-layers", "control": ["control", "again"]}
        | {"effect": 0.3, "low": 0.2, "high": 0.4}
        | {"verdict": ["supported", "open"], "part": ["encoder", "decoder"]}
    )
    e = SimpleNamespace(
        label="mine", placebos=[first, second], claim_rows=lambda extension: judged,
        beside_controls=beside,
    )  # fmt: skip
    name = "`neuronsim-higher-layers`"
    # What one experiment decides is shown of all that test it.
    third = Placebo("again", "control", (), {"layersim-falls": 0.2})
    other = SimpleNamespace(label="other", placebos=[third], claim_rows=lambda extension: judged)
    assert _placebo_effects([e, other]).to_numpy().tolist() == [  # type: ignore[list-item]
        [f"{name}, encoder", "mine", "0.1", "0.5 (open)", "0.6"],
        [f"{name}, decoder", "mine", "0.2", "0.4 (open)", "0.8"],
        ["`layersim-falls`", "mine", "0.7", "", "0.9"],
        ["`layersim-falls`", "other", "0.2 (open)", "", "0.9"],
    ]
    (cells,) = _beside_controls([e]).to_numpy().tolist()  # type: ignore[list-item]
    interval = "0.30 [0.20,\u00a00.40]"
    assert cells[2:] == [f"✓ {interval}<br>part: encoder", f"? {interval}<br>part: decoder"]
