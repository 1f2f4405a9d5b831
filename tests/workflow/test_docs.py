"""The how-tos of docs/, each followed to the letter in a copy of the project."""

import json
import random
import re
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import ticketscope
from tests.workflow.conftest import ROOT, jobs, snakemake
from tests.workflow.pages import blocks, documented_columns, follow, links, navigation
from ticketscope.probing.instances import read_instances

SMOKE = ("--configfile", "config/smoke.yaml")
TRAINING = {"train_dense", "retrain", "prune", "translate"}


@pytest.fixture
def project(smoke_copy: Path) -> Path:
    """The finished smoke experiment, in a checkout whose code may be edited."""
    for name in ("src", "tests", "docs"):
        shutil.copytree(
            ROOT / name, smoke_copy / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    return smoke_copy


def test_reproduce(clone):
    counts = jobs(follow("run/reproduce.md", clone))
    assert counts["train_dense"] == 1
    assert counts["retrain"] == 27
    assert counts["translate"] == 28
    assert counts["probe"] == (1 + 1 + 3 * 8) * 19 * 2  # untrained, LTH0, tickets; tasks; families
    assert counts["report_page"] == 1


@pytest.mark.long
def test_language_pair(clone):
    """Six hundred sentences of a French that never says more than who sees whom."""
    nouns = {"chat": "cat", "chien": "dog", "garçon": "boy", "médecin": "doctor", "roi": "king"}
    verbs = {"voit": "sees", "cherche": "looks for", "connaît": "knows", "salue": "greets"}
    adjectives = {"": "", " français": "French ", " âgé": "old "}
    generator = random.Random(1)
    (clone / "data").mkdir()
    for split, size in (("train", 500), ("valid", 50), ("test", 50)):
        french, english = [], []
        for _ in range(size):
            (one, a), (other, b) = (generator.choice(list(nouns.items())) for _ in range(2))
            verb, c = generator.choice(list(verbs.items()))
            adjective, d = generator.choice(list(adjectives.items()))
            french.append(f"Le {one}{adjective} {verb} le {other}.\n")
            english.append(f"The {d}{a} {c} the {b}.\n")
        (clone / f"data/{split}.fr").write_text("".join(french), encoding="utf-8")
        (clone / f"data/{split}.en").write_text("".join(english), encoding="utf-8")
    printed = follow("extend/language-pair.md", clone)
    assert "| magnitude | LTH2 |" in printed
    results = ticketscope.load(clone / "results/fr-en-small")
    assert results.languages == ("fr", "en")
    table = results.tables.table_a1
    assert table["ticket"].tolist() == ["LTH0", "LTH1", "LTH2"]
    assert table["sparsity_excl"].iloc[2] == pytest.approx(0.75, abs=0.02)
    loss = results.ticket().log["nll_loss"]
    assert loss.iloc[-1] < loss.iloc[0]
    # In so few updates it learns hardly more than which language it is to speak.
    english = {word for line in results.corpus.train["en"] for word in re.findall(r"\w+", line)}
    said = {word for line in results.ticket().translations() for word in re.findall(r"\w+", line)}
    assert said and {word.lower() for word in said} <= {word.lower() for word in english}
    assert results.corpus.test["fr"].str.startswith("Le ").all()
    whole = jobs(snakemake(clone, "-n", "--configfile", "fr-en.yaml"))
    assert whole["retrain"] == 3 * 27 and "probe" not in whole and whole["report_page"] == 1


@pytest.mark.long
def test_task(project):
    printed = follow("extend/task.md", project)
    instance = next(iter(read_instances(project / "data/remaining.test.jsonl.gz")))
    assert list(instance.labels[-3:]) == ["2", "1", "0"]
    probes = ticketscope.load(project / "results/smoke").tables.probes
    assert set(probes["task"]) == {"Remaining"}
    assert set(probes["series"]) == {"dense", "untrained"}
    assert len(probes) == 2 * 2 * 3
    dense = probes[probes["series"] == "dense"]
    for score in dense["test"]:
        assert f"{score:.6f}" in printed
    # Better than to say every time what is said most.
    test = read_instances(project / "data/remaining.test.jsonl.gz")
    labels = pd.Series([label for instance in test for label in instance.labels])
    assert dense["test"].max() > labels.value_counts(normalize=True).iloc[0] + 0.05


@pytest.mark.long
def test_measure(project):
    code = {"PYTHONPATH": str(project / "src")}
    before = pd.read_csv(project / "results/smoke/similarity/seed1/magnitude/LTH2.csv")
    printed = follow("extend/measure.md", project, **code)
    assert "passed" in printed and "LinearFit" in printed
    after = pd.read_csv(project / "results/smoke/similarity/seed1/magnitude/LTH2.csv")
    added = after["measure"] == "LinearFit"
    pd.testing.assert_frame_equal(after[~added].reset_index(drop=True), before)
    fits = after[added]
    assert set(fits["module"]) == {"encoder", "decoder"}
    # Layers 0 to 2: each pair of different ones of its own, and all with LTH0's both ways.
    assert len(fits) == 2 * (3 * 2 + 2 * 3 * 3)
    assert fits["value"].between(0, 1).all()
    same = fits[(fits["layer"] == fits["other_layer"]) & (fits["ticket"] == "LTH2")]
    assert (same["low"] <= same["value"]).all() and (same["value"] <= same["high"]).all()
    due = jobs(snakemake(project, "-n", *SMOKE, **code))
    assert due["compare_ticket"] == due["represent"] == 7
    assert not due.keys() & {*TRAINING, "probe"}


@pytest.mark.long
def test_criterion(project):
    code = {"PYTHONPATH": str(project / "src")}
    printed = follow("extend/criterion.md", project, **code)
    schema = json.loads((project / "config/schema.json").read_text())
    allowed, _ = schema["$defs"]["Series"]["properties"]["criterion"]["anyOf"]
    assert {"lamp", "magnitude", "none"} <= {*allowed["enum"]}
    results = ticketscope.load(project / "results/smoke")
    lamp, magnitude = results.ticket("lamp", 1), results.ticket("magnitude", 1)
    assert lamp.mask.pruned == magnitude.mask.pruned == int(0.5 * lamp.mask.total + 0.5)
    assert f"{lamp.mask.sparsity:.4f} {magnitude.mask.sparsity:.4f}" in printed
    # By the definition, one weight at a time.
    lost, left = [], []
    weights = results.ticket().parameters()
    for name, kept in lamp.mask.kept.items():
        squares = weights[name].double().numpy().ravel() ** 2
        scores = np.array([square / squares[squares >= square].sum() for square in squares])
        lost.append(scores[~kept.ravel()])
        left.append(scores[kept.ravel()])
    assert np.concatenate(lost).max() <= np.concatenate(left).min() * (1 + 1e-9)
    due = jobs(snakemake(project, "-n", *SMOKE, "lamp.yaml", **code))
    assert {rule: due.get(rule, 0) for rule in TRAINING} == {
        "train_dense": 0, "prune": 1, "retrain": 1, "translate": 2,
    }  # fmt: skip


HOW_TOS = [
    "run/reproduce.md",
    *(f"extend/{page}.md" for page in ("language-pair", "task", "measure", "criterion")),
]
SITE = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))
BESIDE = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "config/README.md"]


@pytest.mark.parametrize("page", HOW_TOS)
def test_a_how_to_is_short_and_is_followed(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    assert blocks(page)


@pytest.mark.parametrize("page", [*SITE, *BESIDE])
def test_links_lead_somewhere(page):
    path = ROOT / page
    assert [link for link in links(page) if not (path.parent / link).exists()] == []


def test_every_page_is_reached_from_the_navigation():
    assert sorted(f"docs/{page}" for page in navigation()) == SITE


def test_the_rules_that_write_tables_exist():
    text = (ROOT / "docs/reference/tables.md").read_text(encoding="utf-8")
    named = re.findall(r"^Rules? `(\w+)`(?: and `(\w+)`)?", text, re.MULTILINE)
    assert len(named) > 10
    assert {rule for pair in named for rule in pair if rule} <= _rules()


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs/steps").glob("*.md")), ids=lambda page: page.stem
)
def test_every_step_names_its_rules_and_modules(page):
    text = page.read_text(encoding="utf-8")
    table = re.search(
        r"^\| (.*rule.*) \| (?:module|code) in `(src/.*/)` \|\n.*\n((?:\|.*\n)+)",
        text,
        re.MULTILINE,
    )
    assert table, "no table of rules and modules"
    head, base, rows = table.groups()
    (column,) = (n for n, name in enumerate(head.split(" | ")) if name.startswith("rule"))
    for row in rows.splitlines():
        cells = row.strip("| ").split(" | ")
        named = re.findall(r"`(\w+)`", cells[column])
        assert named and {*named} <= _rules(), row
        code = re.findall(r"`([\w/]+(?:/|\.\w+))`", cells[-1])
        assert code, row
        for path in code:
            assert (ROOT / base / path).exists() or (ROOT / path).exists(), path
    if page.stem != "index":
        assert text.rpartition("\n\n")[2].startswith("**Feeds**: ")


def _rules() -> set[str]:
    text = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    return {*re.findall(r"^(?:use rule \w+ as|rule) (\w+)", text, re.MULTILINE)}


def test_pages_that_code_and_settings_name_exist():
    named = set()
    for folder in ("benchmarks", "config", "rules", "slurm", "src", "workflow"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".json", ".py", ".rst", ".smk", ".yaml"):
                text = path.read_text(encoding="utf-8")
                named |= set(re.findall(r"docs/[\w/-]+\.md", text))
    assert named and named <= set(SITE)


def test_the_version_is_the_same_wherever_it_stands():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    changes = (ROOT / "CHANGELOG.md").read_text()
    latest = re.search(r"^## (\S+) \((.+)\)$", changes, re.MULTILINE)
    assert latest and latest.groups() == (citation["version"], citation["date-released"])
    assert citation["version"] == project
    tags = re.findall(r"v(\d+\.\d+\.\d+)", (ROOT / "docs/run/module.md").read_text())
    assert set(tags) == {project}


def test_every_published_figure_is_in_the_gallery():
    published = (ROOT / "docs/results/study/default/figures").glob("*.svg")
    shown = [link for link in links("docs/results/gallery.md") if link.endswith(".svg")]
    assert sorted(shown) == sorted(f"study/default/figures/{path.name}" for path in published)


def test_every_column_of_every_table_is_documented(smoke):
    documented = documented_columns()
    tables = {
        path.name: pd.read_csv(path) for path in (smoke / "results/smoke").glob("tables/*.csv")
    }
    tasks = set(tables["probes.csv"]["task"])
    columns = {name: set(table.columns) for name, table in tables.items()}
    for name in ("table_a2.csv", "table_a3.csv"):  # besides, a column for each task
        assert tasks <= columns[name]
        columns[name] -= tasks
    columns["log.csv"] = set(ticketscope.load(smoke / "results/smoke").ticket().log.columns)
    assert documented == columns
