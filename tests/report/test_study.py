"""The study's page: what it counts, what it marks, and what it refuses."""

import copy
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.report.page_parts import PROVENANCE, write
from ticketscope.claims.columns import COLUMNS, REFERENCES, suffix
from ticketscope.claims.model import claims, extensions
from ticketscope.errors import InputError
from ticketscope.report.page import FIGURES
from ticketscope.report.study.__main__ import main
from ticketscope.report.study.gallery import HEADINGS
from ticketscope.report.study.outcomes import outcome
from ticketscope.report.study.placebo import Placebo
from ticketscope.report.study.registration import claims_are_the_same

VERDICTS = ["supported", "contradicted", "negligible", "open", "not measurable"]


def judged(known, seed):
    """Claims with verdicts drawn by lot."""
    generator = np.random.default_rng(seed)
    rows = []
    for claim in known:
        row = {"id": claim.id, "section": claim.section, "sentence": claim.sentence}
        row |= {"part_of": "", "paper": claim.paper, "unit": claim.unit, "seeds": 3}
        row |= {"resolvable": 0.5, "resolvable_equal_training": 0.5, "note": "", "tables": ""}
        for name in REFERENCES:
            verdict = str(generator.choice(VERDICTS)) if name in claim.references else ""
            if verdict and row.get("verdict") == "not measurable":
                verdict = "not measurable"  # nor is anything else of it
            row[f"verdict{suffix(name)}"] = verdict
            if verdict not in ("", "not measurable"):
                value = generator.normal()
                numbers = {"effect": value, "low": value - 0.5, "high": value + 0.5, "p": 0.01}
                row |= {f"{column}{suffix(name)}": number for column, number in numbers.items()}
        rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def experiment(folder: Path, lot: int, seeds=(1, 2, 3)) -> Path:
    provenance = copy.deepcopy(PROVENANCE)
    provenance["config"] |= {
        "seeds": list(seeds),
        "model": {"arch": "transformer", "overrides": {}},
        "pruning": {"series": {"magnitude": {"criterion": "magnitude"}}},
    }
    write(folder, provenance=provenance, claims=judged(claims(), lot))
    tables = folder / "tables"
    judged(extensions(), lot).to_csv(tables / "extension_claims.csv", index=False)
    pd.DataFrame({"split": ["train", "test"], "sentences": [30, 3], "words": [300, 30]}).to_csv(
        tables / "corpus.csv", index=False
    )
    pd.DataFrame(
        {"seed": 1, "series": "magnitude", "ticket": f"LTH{k}", "k": k, "parameters": 99}
        | {"prunable": 88, "sparsity_excl": 0.1 * k}
        for k in range(10)
    ).to_csv(tables / "sparsity.csv", index=False)
    return folder


def study(path: Path, **folders: Path | None) -> Path:
    experiments = [
        {"name": name, "title": name.title(), "about": "A text.", "plan": "abcdef1"}
        | {"seeds": [1, 2, 3] if name != "partial" else [1, 2, 3, 4]}
        | ({"folder": str(folder)} if folder else {})
        for name, folder in folders.items()
    ]
    path.write_text(yaml.safe_dump({"goal": 40, "experiments": experiments}))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two experiments, one of which lacks a seed, and a third that is to come."""
    root = tmp_path_factory.mktemp("study")
    folders = {name: experiment(root / name, lot) for lot, name in enumerate(("whole", "partial"))}
    main([str(study(root / "study.yaml", **folders, late=None)), str(root / "docs")])
    return root


def section(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def test_counts_and_lists_agree_with_the_tables_of_claims(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    tables = [
        pd.read_csv(made / f"{name}/tables/claims.csv").set_index("id")
        for name in ("whole", "partial")
    ]
    decided = 0
    for claim in claims():
        verdicts = [{t.loc[claim.id, "verdict"], t.loc[claim.id, "verdict_equal_training"]}
                    for t in tables]  # fmt: skip
        decided += all(v & {"supported", "contradicted", "negligible"} for v in verdicts)
    assert f"**{decided} of {len(claims())} sentences are decided in at least two" in text
    part = section(text, "### Findings as in the paper", "### Findings at equal training")
    contradicted = section(part, "**Contradicted somewhere**", "**Open**")
    both = section(part, "**On all** (replicates)", "**On some**")
    either = (tables[0]["verdict"] == "contradicted") | (tables[1]["verdict"] == "contradicted")
    assert either.any()
    for name, is_contradicted in either.items():
        assert (f"(`{name}`," in contradicted) == is_contradicted
    replicated = (tables[0]["verdict"] == "supported") & (tables[1]["verdict"] == "supported")
    assert replicated.any()
    for name, holds in replicated.items():
        assert (f"(`{name}`," in both) == holds
    row = next(line for line in text.splitlines() if line.startswith("| contradicted somewhere |"))
    assert row.split("|")[2].strip() == str(either.sum())


def test_what_is_missing_is_said(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    assert "**Partial: 3 of 4 seeds, preliminary.**" in text
    assert "| sentence | unit | paper | whole | partial (3 of 4 seeds, preliminary) |" in text
    assert "Still to come: Late (3 seeds)" in text
    assert "**Whole:" not in text and "Whole has no second control" in text
    verdicts = pd.read_csv(made / "docs/study/verdicts.csv")
    assert set(verdicts["experiment"]) == {"whole", "partial"}
    for name in ("forest_paper.svg", "forest_equal_training.svg", "whole/index.html"):
        assert (made / "docs/study" / name).is_file()


def test_the_gallery_has_each_figure_of_the_first_experiment_and_its_numbers(made: Path) -> None:
    text = (made / "docs/gallery.md").read_text()
    shown = sorted((made / "docs/study/whole/figures").iterdir())
    assert {path.suffix for path in shown} == {".csv", ".svg"}
    assert sorted(re.findall(r"\]\((study/.+?/figures/.+?)\)", text)) == [
        path.relative_to(made / "docs").as_posix() for path in shown
    ]
    assert set(HEADINGS) == set(FIGURES)
    assert "### Figure 4: NeuronSim of each layer with LTH0\n" in text


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["supported", "supported", "not measurable"], "on all"),
        (["supported"], "on all"),
        (["supported", "not measurable"], "on some"),
        (["supported", "open", "negligible"], "on some"),
        (["supported", "supported", "contradicted"], "contradicted somewhere"),
        (["negligible", "open"], "on none"),
        (["open", "not measurable"], "open"),
        (["described", "not measurable"], "no verdict"),
    ],
)
def test_a_sentence_stands_in_one_list(verdicts: list[str], expected: str) -> None:
    assert outcome(verdicts) == expected


def test_a_placebo_fails_where_chance_does_not_explain_what_it_decides() -> None:
    # P(3 or more of 30 at 5 %) = .188, of 5 or more .016.
    assert Placebo("again", 3, 30, ()).p == pytest.approx(0.188, abs=0.001)
    assert not Placebo("again", 3, 30, ()).failed and Placebo("again", 5, 30, ()).failed
    assert not Placebo("again", 0, 0, ()).failed


def test_wrong_input_is_told_in_one_line(tmp_path: Path) -> None:
    out = str(tmp_path / "docs")

    def told(folder: Path, message: str) -> None:
        with pytest.raises(InputError, match=message) as error:
            main([str(study(tmp_path / "study.yaml", whole=folder)), out])
        assert "\n" not in str(error.value)

    told(tmp_path / "nowhere", "whole: .*nowhere: no such folder")
    other = experiment(tmp_path / "other", 1, seeds=(1, 2, 7))
    told(other, r"seeds \[7\] are not planned")
    broken = experiment(tmp_path / "broken", 1)
    (broken / "tables/claims.csv").unlink()
    told(broken, r"no tables/claims\.csv; run the experiment to its end")
    assert not (tmp_path / "docs").exists()
    (tmp_path / "study.yaml").write_text(json.dumps({"goal": 1, "experiments": [], "x": 1}))
    with pytest.raises(InputError, match=r"study\.yaml: "):
        main([str(tmp_path / "study.yaml"), out])


def test_a_commit_that_is_not_here_is_not_called_registered() -> None:
    assert claims_are_the_same("abcdef1", "not recorded") == "not known"
