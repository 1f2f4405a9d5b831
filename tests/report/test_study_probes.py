"""Classes of probing tasks on the study's page: how they are made, counted, shown and inserted."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from tests.recording import record_tables
from tests.report.study_parts import experiment, study
from ticketscope.claims.judge import judge
from ticketscope.claims.model import claims
from ticketscope.errors import InputError
from ticketscope.probing.chosen import reader
from ticketscope.probing.comparison import Comparison
from ticketscope.probing.result import COLUMNS
from ticketscope.report.study.__main__ import main
from ticketscope.report.study.experiment import finished
from ticketscope.report.study.probe_classes import TaskTexts, by_task, counts, probe_classes
from ticketscope.report.study.rejudged import RESAMPLED
from ticketscope.report.study.settings import read_study

K = 9
SEEDS = (1, 2, 3)
SPARSITY = 0.1 * np.arange(1, K + 1)  # as in `study_parts.experiment`
# Change from 0 to full sparsity of magnitude, control and random, and how far seeds are apart.
PLANTED = {
    "POS": (0.002, 0.0, 0.0, 0.001),
    "Parent": (-0.05, 0.0, -0.3, 0.001),
    "SynPred": (0.05, 0.048, 0.048, 0.001),  # further training gains as much
    "PS-Fxn": (-0.05, 0.0, -0.3, 0.3),
    "GED": (0.0, 0.0, 0.0, 0.001),
}
GROUPS = {"POS": "POS", "PS-Fxn": "Semantics"}


def score(task: str, series: str, k: int, seed: int) -> float:
    place = {"magnitude": 0, "control": 1, "random": 2}.get(series)
    if place is None:
        return 0.5
    apart = PLANTED[task][3] * (seed - 2) if series == "magnitude" else 0
    return 0.5 + (PLANTED[task][place] + apart) * 0.1 * k


def tables() -> tuple[dict[str, pd.DataFrame], dict[str, np.ndarray]]:
    """Tables of probes and the arrays of probe_statistics.npz; test instances are all alike."""
    rows, arrays = [], {}
    tickets = [
        ("dense", 0),
        *itertools.product(("magnitude", "control", "random"), range(1, K + 1)),
    ]
    for task, seed, (series, k) in itertools.product(PLANTED, SEEDS, tickets):
        value = score(task, series, k, seed)
        ticket = f"seed{seed}/{series}/LTH{k}/{task}/linear"
        arrays[ticket] = np.tile([value, 1.0], (1, 40, 1))
        arrays[f"seed{seed}/{task}/linear/classes"] = np.array(["x", "y"])
        rows.append(
            dict.fromkeys(COLUMNS, 0)
            | {"suite": "toy", "task": task, "group": GROUPS.get(task, "Syntax"), "seed": seed}
            | {"probe": "linear", "metric": "accuracy", "series": series, "ticket": f"LTH{k}"}
            | {"layer": 1, "dev": value, "test": value, "n_test": 40}
            | {"at_floor": task == "GED" and k == 2}
        )
    probes = pd.DataFrame(rows)
    sparsity = probes[["seed", "series", "ticket"]].drop_duplicates()
    pruned = sparsity["ticket"].str[3:].astype(int) * 0.1
    sparsity["sparsity_excl"] = pruned.where(sparsity["series"] != "control", 0.0)
    trends = Comparison(probes, reader(arrays), resamples=20, seed=1).trends(sparsity, 0.05)
    mlp = trends.assign(probe="mlp", **{"class": "improving"})  # the paper's classes have none
    separation = pd.DataFrame(
        {"task": [*PLANTED], "group": [GROUPS.get(task, "Syntax") for task in PLANTED]}
        | {"probe": "linear", "separated": [task != "PS-Fxn" for task in PLANTED]}
    )
    named = {"probes": probes, "probe_separation": separation}
    return named | {"probe_trends": pd.concat([trends, mlp])}, arrays


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """study.yaml of an experiment with probes and one without."""
    root = tmp_path_factory.mktemp("probes")
    named, arrays = tables()
    probed = experiment(root / "probed", 1, **named)
    np.savez(probed / "tables/probe_statistics.npz", **arrays)
    record_tables(probed)
    return study(root / "study.yaml", probed=probed, bare=experiment(root / "bare", 2))


@pytest.fixture(scope="module")
def classes(made: Path) -> pd.DataFrame:
    return probe_classes([finished(planned) for planned in read_study(made).experiments])


def test_classes_as_in_the_paper_are_of_the_change_from_lth0(classes: pd.DataFrame) -> None:
    paper = classes[(classes["series"] == "magnitude") & (classes["column"] == "paper")]
    paper = paper.set_index("task")
    assert paper["class"].to_dict() == {
        "POS": "no change", "Parent": "degrading", "SynPred": "improving", "PS-Fxn": "open",
        "GED": "at floor",
    }  # fmt: skip
    for task in PLANTED:
        changes = [
            np.polyfit(SPARSITY, [score(task, "magnitude", k, seed) for k in range(1, K + 1)], 1)[0]
            * SPARSITY[-1]
            for seed in SEEDS
        ]
        reach = stats.t.ppf(0.975, 2) * np.std(changes, ddof=1) / np.sqrt(3)
        expected = [np.mean(changes), np.mean(changes) - reach, np.mean(changes) + reach]
        assert paper.loc[task, ["change", "low", "high"]].tolist() == pytest.approx(expected)
    assert paper["paper"].to_dict() == {
        "POS": "invariant", "Parent": "invariant", "SynPred": "improving", "PS-Fxn": "degrading",
        "GED": "",
    }  # fmt: skip
    assert list(paper.index[~paper["known"]]) == ["PS-Fxn"]


def test_classes_at_equal_training_are_those_of_the_experiment(
    classes: pd.DataFrame, made: Path
) -> None:
    assert set(classes["experiment"]) == {"probed"}
    equal = classes[classes["column"] == "equal_training"].set_index(["series", "task"])
    table = pd.read_csv(made.parent / "probed/tables/probe_trends.csv").query("probe == 'linear'")
    expected = table[table["against"] == "control"].set_index(["series", "task"])
    assert set(expected.index.levels[0]) >= {"magnitude", "random"}
    for name in ("change", "low", "high", "class"):
        assert equal[name].to_dict() == expected[name].to_dict()
    # What further training gains as well is not the tickets'.
    assert equal.loc[("magnitude", "SynPred"), "class"] == "no change"
    # The control itself is against LTH0.
    control = classes[classes["series"] == "control"].set_index("task")
    assert set(control["column"]) == {"paper"}
    assert control.loc["SynPred", "change"] == pytest.approx(0.048 * SPARSITY[-1])


def test_claims_are_judged_by_resamples_of_the_probes_as_another_choice(made: Path) -> None:
    probed, bare = (finished(planned) for planned in read_study(made).experiments)
    assert RESAMPLED not in set(bare.other_verdicts["choice"])
    # Each ticket's difference from LTH0 is unknown by 1, says one table; test instances are all
    # alike, and give no error. The seeds hardly differ.
    ends = {"difference": 0.0, "low": -1.0, "high": 1.0}
    probed.tables["probe_differences"] = probed.tables["probes"].assign(**ends)
    registered = judge(probed.tables)[0].set_index("id")["verdict"]
    other = probed.other_verdicts.query("choice == @RESAMPLED and column == 'paper'")
    verdicts = pd.DataFrame({"other": other.set_index("id")["verdict"]}).join(registered)
    assert verdicts.loc["improving-tasks"].tolist() == ["supported", "open"]
    changed = verdicts[verdicts["other"] != verdicts["verdict"]]
    assert set(changed["verdict"]) == {"open"} and set(other["id"]) == {c.id for c in claims()}


def test_classes_are_counted_and_set_beside_the_papers(classes: pd.DataFrame) -> None:
    told = counts(classes).set_index("tickets")
    assert set(told["experiment"]) == {"probed"} and len(told) == 4
    row = told.loc["magnitude, as in the paper"]
    shown = ["no change", "degrading", "improving", "open", "at floor"]
    assert row[shown].tolist() == ["1: POS", "1: Parent", "1: SynPred", "1", "1: GED"]
    assert row["the paper's invariant tasks"] == "1 no change, 1 degrading"
    assert row["the paper's improving tasks"] == "1 improving"
    assert row["the paper's degrading tasks"] == "1 open"
    # Of POS, Parent, SynPred and PS-Fxn: t times sd / sqrt(3), and .9 of the sparsity.
    widths = stats.t.ppf(0.975, 2) / np.sqrt(3) * 0.9 * np.array([0.001, 0.001, 0.001, 0.3])
    assert row["half-width, median"] == f"{np.median(widths):.2g}"
    assert told.loc["magnitude, at equal training", "improving"] == "0"
    assert told.loc["random, at equal training", "degrading"] == "2: Parent, PS-Fxn"
    assert told.loc["control, against LTH0", "improving"] == "1: SynPred"


def test_each_task_has_its_class_and_change(classes: pd.DataFrame) -> None:
    shown = by_task(classes).set_index("task")
    assert list(shown.index) == ["POS", "Parent", "GED", "SynPred", "PS-Fxn"]  # as in the paper
    in_paper = ["invariant", "invariant", "", "improving", "degrading"]
    assert shown["in the paper"].tolist() == in_paper
    paper = shown["probed: magnitude, as in the paper"]
    assert paper["Parent"].startswith("degrading<br>-0.045")
    assert paper["PS-Fxn"].startswith("open\u00a0¶<br>0.0 [-0.7,")
    assert paper["GED"] == "at floor"
    assert shown.loc["SynPred", "probed: magnitude, at equal training"].startswith("no change<br>")
    assert by_task(classes[:0]).empty and counts(classes[:0]).empty


def test_texts_name_and_count_tasks(classes: pd.DataFrame) -> None:
    texts = TaskTexts(classes)
    assert texts.tasks("probed", "paper") == "5"
    assert texts.tasks("probed", "equal_training", "no change") == "2"
    assert texts.task_names("probed", "equal_training", "no change") == "POS and SynPred"
    assert texts.tasks("probed", "paper", "no change", paper="invariant") == "1"
    assert texts.tasks("probed", "paper", paper="invariant") == "2"
    assert texts.tasks("probed", "equal_training", "degrading", series="random") == "2"
    assert texts.task_names("probed", "paper", "improving", paper="degrading") == "none"
    with pytest.raises(InputError, match="no class of tasks is unchanged; did you mean no change"):
        texts.tasks("probed", "paper", "unchanged")
    with pytest.raises(InputError, match="bare has no classes of tasks of magnitude"):
        texts.tasks("bare", "paper", "no change")
    with pytest.raises(InputError, match="of random in the column paper"):
        texts.tasks("probed", "paper", series="random")


def test_the_page_shows_classes_of_complete_experiments(made: Path) -> None:
    written = yaml.safe_load(made.read_text())
    call = "tasks('probed', 'equal_training'"
    told = f"{{{{ {call}, 'no change') }}}} of {{{{ {call}) }}}} do not change."
    written["summary"] = [{"text": told}]
    path = made.with_name("written.yaml")
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(made.parent / "docs")])
    text = (made.parent / "docs/study.md").read_text()
    assert "- 2 of 5 do not change.\n" in text
    part = text.split("### Probing tasks by class")[1].split("## What stayed open")[0]
    assert "| probed | magnitude, as in the paper | 1: POS | 1: Parent | 1: SynPred | 1 |" in part
    assert "\n| SynPred | improving | improving<br>0.04" in part
    words = " ".join(part.split())
    assert "within ±0.016" in words
    assert (
        "- Probed, at equal training (1 of 5 tasks open): the class is the paper's for 1 of 2 "
        "invariant tasks (POS), 0 of 1 degrading and 0 of 1 improving ones."
    ) in words
    # With a seed to come, its classes wait.
    written["experiments"][0]["seeds"].append(4)
    del written["summary"]
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(made.parent / "docs")])
    assert "### Probing tasks by class" not in (made.parent / "docs/study.md").read_text()
