"""The study's page: what it counts, what it marks, and what it refuses."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.report.study_parts import (
    VERDICTS,
    experiment,
    judged,
    rich_tables,
    study,
    with_controls,
)
from ticketscope.claims.columns import DECIDED, TESTED
from ticketscope.claims.judge import NONE_NEAR
from ticketscope.claims.model import claims
from ticketscope.errors import InputError
from ticketscope.report.page import FIGURES
from ticketscope.report.study.__main__ import main
from ticketscope.report.study.gallery import HEADINGS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two experiments, a third that lacks a seed, and a fourth that is to come."""
    root = tmp_path_factory.mktemp("study")
    folders = {
        "whole": experiment(root / "whole", 0),
        "rich": experiment(root / "rich", 1, **rich_tables()),
        "partial": experiment(root / "partial", 2),
    }
    main([str(study(root / "study.yaml", **folders, late=None)), str(root / "docs")])
    return root


def counted(made: Path, name: str) -> pd.DataFrame:
    """Claims of an experiment, without verdicts at another sparsity than the sentence's."""
    table = pd.read_csv(made / f"{name}/tables/claims.csv").set_index("id")
    is_far = table["note"].astype(str).str.startswith(NONE_NEAR)
    verdicts = [column for column in table if column.startswith("verdict")]
    return table.assign(**{column: table[column].mask(is_far, "far") for column in verdicts})


def section(text: str, start: str, end: str) -> str:
    return text.split(start, 1)[1].split(end, 1)[0]


def test_counts_and_lists_agree_with_the_tables_of_claims(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    tables = [counted(made, name) for name in ("whole", "rich")]
    decided = 0
    for claim in claims():
        verdicts = [{t.loc[claim.id, "verdict"], t.loc[claim.id, "verdict_equal_training"]}
                    for t in tables]  # fmt: skip
        decided += all(v & {"supported", "contradicted", "negligible"} for v in verdicts)
    assert f"**{decided} of {len(claims())} sentences are decided in at least two" in text
    part = section(text, "### Findings as in the paper", "### Findings at equal training")
    contradicted = section(part, "**Contradicted somewhere**", "**Open**")
    both = section(part, "**Supported on all** (replicates)", "**Supported on some**")
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
    notice = "An interim look with 3 of 4 registered seeds."
    assert f"**Partial: {notice}" in text
    assert "**Partial is in none of the lists and counts below**" in text
    assert "| sentence | paper | whole | rich |\n" in text
    lists = section(text, "### Findings as in the paper", "### All sentences in all columns")
    assert "| ✓" in lists and "partial" not in lists
    assert "|  |  | partial (3 of 4 registered seeds) |" in text.split("### All sentences in")[1]
    assert "Still to come: Late (3 seeds)" in text
    assert "**Whole:" not in text and "Whole has one control" in text
    # A seed that is not in cannot be compared with.
    assert "OF=study/partial/seed1.tar.xz" in text
    verdicts = pd.read_csv(made / "docs/study/verdicts.csv")
    assert set(verdicts["experiment"]) == {"whole", "rich", "partial"}
    complete = verdicts.groupby("experiment")["complete"].unique()
    assert complete.map(list).to_dict() == {"whole": [True], "rich": [True], "partial": [False]}
    # A seed that is left out is neither missing nor planned.
    planned = verdicts.groupby("experiment")["planned"].unique().map(list)
    assert planned.to_dict() == {"whole": [3], "rich": [3], "partial": [4]}
    assert "| seeds left out | 9: Its disk broke. | none | none |" in text
    for name in ("forest_paper.svg", "forest_equal_training.svg", "whole/index.html"):
        assert (made / "docs/study" / name).is_file()
    # The published report says it, too.
    assert notice in (made / "docs/study/partial/index.html").read_text()
    assert "interim" not in (made / "docs/study/whole/index.html").read_text()
    # Wherever a table names the experiment, it says so.
    cells = [cell.strip() for line in text.splitlines() if line[0:1] == "|"
             for cell in line.split("|")]  # fmt: skip
    named = [cell for cell in cells if cell.startswith("partial")]
    assert len(named) > 50 and set(named) == {"partial (3 of 4 registered seeds)"}


def test_sentences_are_counted_of_complete_experiments(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    rows = {
        line.split("|")[1].strip(): [int(cell) for cell in line.split("|")[2:-1]]
        for line in section(text, "| tested, in either column |", "**").splitlines()
        if line.startswith("| ") and "---" not in line and "tested" not in line
    }
    table = pd.read_csv(made / "whole/tables/claims.csv")
    columns = ["verdict", "verdict_equal_training"]
    decided = table[columns].isin(["supported", "contradicted", "negligible"])
    tested = decided | (table[columns] == "open")
    assert rows["whole"] == [tested.any(axis=1).sum(), decided.any(axis=1).sum(), *decided.sum()]
    assert list(rows) == ["whole", "rich", "in at least 2"]
    assert 0 < rows["in at least 2"][1] < rows["in at least 2"][0] < rows["whole"][0]
    pairs = [counted(made, name)["verdict"] for name in ("whole", "rich")]
    both = pd.concat([each.where(each.isin(DECIDED)) for each in pairs], axis=1).dropna()
    alike = (both.iloc[:, 0] == both.iloc[:, 1]).sum()
    assert 0 < alike < len(both)
    assert f"decided in at least two experiments, {alike} of {len(both)} as in the paper" in text
    # All of the paper's sections are named, with the number of their sentences.
    told = re.search(r"By section of the paper: (.+)\.\n", text)[1].split(", ")
    numbers = [re.search(r"(\d+) of (\d+)$", each).groups() for each in told if "of" in each]
    assert sum(int(known) for _, known in numbers) == len(claims())
    assert sum(int(decided) for decided, _ in numbers) == rows["in at least 2"][1]


def test_the_count_of_decided_sentences_stands_with_what_qualifies_it(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    decided = int(re.search(r"\*\*(\d+) of \d+ sentences are", text)[1])
    told = " ".join(section(text, f"Not all of the {decided} rest", "*Decided* does").split())
    # The lots are drawn without notes, with intervals of 1 and with one p-value for all.
    assert f"{decided} remain if verdicts whose intervals cover seeds alone" in told
    assert f"{decided} without those whose interval is a single point" in told
    part = section(text, "## What other choices would decide", "## What differs from the plan")
    (row, *_) = re.findall(r"\| as registered \| in either of .*", part)
    rows = section(text, "| tested, in either column |", "**").splitlines()
    counts = [
        line.split("|")[3].strip() for line in rows if re.match(r"\| (whole|rich|in at)", line)
    ]
    assert [cell.strip() for cell in row.split("|")[3:6]] == counts
    # Of the first, BLEU alone can be judged anew.
    (last,) = re.findall(r"\| trends judged at the last ticket \| in either of .*", part)
    assert int(last.split("|")[3]) < int(row.split("|")[3])
    # The one had the other's verdicts before a mistake was mended.
    assert "- **Rich before**: the verdicts before a software error was fixed" in part
    (before,) = re.findall(r"\| Rich before \| in either of .*", part)
    is_decided = [
        counted(made, name)[["verdict", "verdict_equal_training"]].isin(DECIDED)
        for name in ("whole", "rich")
    ]
    is_tested = counted(made, "rich")[is_decided[1].columns].isin(TESTED)
    numbers = [is_decided[0].any(axis=1).sum(), (is_decided[0] & is_tested).any(axis=1).sum()]
    assert [int(cell) for cell in before.split("|")[3:5]] == numbers


def test_supported_effects_are_compared_in_size_with_the_papers(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    shares = []
    for name in ("whole", "rich"):
        held = counted(made, name).query("verdict == 'supported'")
        paper = pd.to_numeric(held["paper"], errors="coerce")
        shares += list((held["effect"] / paper)[paper > 0])
    small = sum(share < 0.5 for share in shares)
    assert 0 < small < len(shares)
    words = " ".join(text.split())
    assert f"of the {len(shares)} effects that are supported" in words
    assert f"{small} are less than half of it (marked ↓)" in words
    part = section(text, "### Findings as in the paper", "### Findings at equal training")
    assert part.count("↓") == small
    assert "↓" not in section(text, "### Findings at equal training", "### Findings at equal sp")


def test_what_differs_from_the_plan_is_read_from_the_tables(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    part = section(text, "## What differs from the plan", "## Run a seed again")
    assert "- Whole: none of 3; the control ends +0.00 ± 0.00 BLEU from LTH0\n" in part
    # 30.5 instead of 32 in one seed of three.
    rich = "- Rich: 1 of 3; the control ends -0.50 ± 0.87 BLEU from LTH0\n"
    assert rich in part and "**Partial** is shown with 3 of 4 registered seeds, before" in part
    # LTH0 of seed 2 has 32 (31 to 33.5); the chain has two tickets, so that LTH2 is its last half.
    assert "| 2 | 32.00 [31.00, 33.50] | LTH2 30.50 |" in part
    judged_far = pd.read_csv(made / "rich/tables/claims.csv").set_index("id")["note"].dropna()
    (far,) = judged_far.index
    assert f"| `{far}` | {NONE_NEAR} the paper's LTH3; the last, LTH9 (90.0%)" in part
    every = section(text, "### All sentences in all columns", "## What the controls explain")
    (of_far,) = (line for line in every.splitlines() if line.startswith("|  |  | rich | † "))
    assert every.count("†") == of_far.count("†") > 0
    verdicts = pd.read_csv(made / "docs/study/verdicts.csv").query("id == @far and seeds > 0")
    told = verdicts.set_index(["experiment", "column"])["verdict"]
    assert told["rich", "paper"] == "no ticket as sparse" != told["whole", "paper"]


def test_an_experiment_may_have_tables_that_another_one_lacks(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    # Of 3 seeds .91, .92 and .93. LTH8 is 80 % sparse; random has no contrasts.
    rows = {"LTH0": "0.920", "magnitude": "0.820", "control": "0.900"}
    header = "| contrasts | model | rich |\n"
    shown = "| all | phenomena | 1, of 20 pairs each |\n"
    shown += "".join(f"| all | {model} | {mean} ± 0.010 |\n" for model, mean in rows.items())
    assert f"{header}| --- | --- | --- |\n{shown}\n" in text


def test_the_papers_ticket_in_table_a1_is_as_sparse_as_each_series(made: Path) -> None:
    text = (made / "docs/study.md").read_text().replace("\u00a0", " ")
    same = "| LTH1 | 0.199 | 0.168 | 32.00 ± 1.00 | 100.0 ± 0.0 | 28.04 (LTH1) | 29.80 ± 0.80 |"
    own = same.replace("0.199", "magnitude 0.199, random 0.488")
    own = own.replace("0.168", "magnitude 0.168, random 0.410")
    for name, row in (("Whole", f"{same} 27.59 (LTH1) |"), ("Rich", f"{own} 27.46 (LTH3) |")):
        assert row in section(text, f"### Table A1: {name}", "| LTH2")


def test_further_test_texts_stand_below_table_a1_where_there_are_any(made: Path) -> None:
    text = section((made / "docs/study.md").read_text(), "## Table A1", "## Placebo")
    assert "BLEU of all test texts: Rich" in text and "BLEU of all test texts: Whole" not in text
    # LTH0 of the three seeds has 31, 32 and 33 BLEU on the first text, half of it on the other.
    assert "| dense | LTH0 | 32.0\u00a0±\u00a01.0 | 100.0\u00a0±\u00a00.0 | 16.0" in text


def test_a_second_control_that_is_like_the_first_decides_nothing(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    pair = "| `reordered` relative to `control` |"
    row = next(line for line in text.splitlines() if pair in line)
    tested, decided, p, _, outcome, decides = (cell.strip() for cell in row.split("|")[3:-1])
    assert int(tested) > 5 and (decided, p) == ("0", "1")
    assert (outcome, decides) == ("within its level", "yes")
    table = counted(made, "rich")[["verdict", "verdict_equal_training"]]
    known = table.isin([*DECIDED, "open"]).any(axis=1).sum()
    assert f": {tested} of the {known} that are tested in either column on Rich." in text


def test_what_the_controls_explain_is_counted(made: Path) -> None:
    part = section((made / "docs/study.md").read_text(), "## What the controls explain", "## Behav")
    for name in ("whole", "rich"):
        verdicts = counted(made, name)
        held = verdicts[verdicts["verdict"] == "supported"]["verdict_equal_training"]
        held = held.fillna("not asked")
        counts = [(held == verdict).sum() for verdict in (*VERDICTS, "not asked")]
        assert sum(count > 0 for count in counts) > 4
        assert f"| {' | '.join(map(str, [name, len(held), *counts]))} |\n" in part
        lost = ", ".join(f"`{i}`" for i in held.index[held.isin(["contradicted", "negligible"])])
        assert lost and f"at equal training, on {name}**: {lost}.\n" in part


def test_what_stayed_open_is_told_with_the_seeds_for_half_of_the_papers_effect(made: Path) -> None:
    part = section((made / "docs/study.md").read_text(), "## What stayed", "## What differs from")
    shown = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in part.splitlines() if line.startswith("| `")
    ]  # fmt: skip
    told = {(claim, column, experiment[:5]): rest for claim, column, experiment, *rest in shown}
    expected = set()
    for name in ("whole", "rich"):
        verdicts = counted(made, name)
        for end, column in (("", "as in the paper"), ("_equal_training", "at equal training")):
            named = verdicts.index[verdicts[f"verdict{end}"] == "open"]
            expected |= {(f"`{claim}`", column, name[:5]) for claim in named}
    assert set(told) == expected and len(shown) == len(expected)
    # All see 0.5 with 3 seeds.
    seeds_for = {
        ("`fewer-components`", "at equal training", "rich"): ("0.23", "excluded"),
        ("`semantics-before-bleu`", "as in the paper", "rich"): ("0.013", "excluded"),
        # They say that something stays as it is.
        ("`syntax-last-layer-equal`", "as in the paper", "whole"): ("", ""),
        ("`same-neuron`", "at equal training", "rich"): ("", ""),
    }
    for row, (half, needed) in seeds_for.items():
        assert told[row][:4] == ["3", "0.5", half, needed]


def test_costs_are_hours_of_cores_and_the_training_in_them(made: Path) -> None:
    # An hour of retraining and 20 minutes of scoring with half an hour of a GPU, of three seeds.
    costs = (made / "docs/study.md").read_text().split("## Costs")[1]
    (row,) = (line for line in costs.splitlines() if line.startswith("| whole"))
    cells = [cell.strip() for cell in row.split("|")[2:-2]]
    assert cells == ["1.3", "0.4", "75%", "0.5", "512"]


def test_an_experiment_whose_placebo_fails_has_no_findings(tmp_path: Path) -> None:
    folders = {
        "whole": experiment(tmp_path / "whole", 0),
        "biased": experiment(tmp_path / "biased", 1, **with_controls(reordered="magnitude")),
    }
    main([str(study(tmp_path / "study.yaml", **folders)), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert "**The placebo of Biased decides more than its level allows." in text
    assert "| decides too much |" in text
    told = section(text, "## Placebo", "## Findings")
    row = next(line for line in told.splitlines() if "| decides too much |" in line)
    listed = re.findall(r"^\| (`\S+`)(?:, \w+)? \| biased \| \S+ \| \S+ \|$", told, re.MULTILINE)
    assert len(set(listed)) == int(row.split("|")[4]) > 0
    assert listed.count("`neuronsim-higher-layers`") in (0, 2)  # its two sides
    assert "Known before." in told
    notice = "The placebo of this experiment decides more than its level allows"
    assert notice in (tmp_path / "docs/study/biased/index.html").read_text()
    assert notice not in (tmp_path / "docs/study/whole/index.html").read_text()
    assert set(pd.read_csv(tmp_path / "docs/study/verdicts.csv")["experiment"]) == {"whole"}
    assert "| sentence | paper | whole |\n" in text


def test_two_reordered_controls_decide_instead_of_one_beside_the_control(tmp_path: Path) -> None:
    """The order of the data shows beside the control; the pair that has none of it is trusted."""
    alike = with_controls(reordered="magnitude", reordered2="magnitude")
    unlike = with_controls(reordered="control", reordered2="magnitude")
    folders = {
        "whole": experiment(tmp_path / "whole", 0),
        "amended": experiment(tmp_path / "amended", 1, **alike),
        "biased": experiment(tmp_path / "biased", 2, **unlike),
    }
    main([str(study(tmp_path / "study.yaml", **folders)), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert set(pd.read_csv(tmp_path / "docs/study/verdicts.csv")["experiment"]) == {
        "whole",
        "amended",
    }
    assert "**The placebo of Biased decides more" in text
    assert "**Amended: by the plan as first registered, no verdict of this experiment" in text
    told = section(text, "## Placebo", "## Findings")
    rows = [line.split(" | ") for line in told.splitlines() if "` relative to `" in line]
    outcomes = {(row[0][2:9], row[1]): row[-2:] for row in rows if len(row) == 8}
    too_much, kept = "decides too much", "within its level"
    pairs = ("`reordered` relative to `control`", "`reordered2` relative to `control`",
             "`reordered2` relative to `reordered`")  # fmt: skip
    assert outcomes == {
        ("amended", pairs[0]): [too_much, "no |"],
        ("amended", pairs[1]): [too_much, "no |"],
        ("amended", pairs[2]): [kept, "yes |"],
        ("biased ", pairs[0]): [kept, "no |"],
        ("biased ", pairs[1]): [too_much, "no |"],
        ("biased ", pairs[2]): [too_much, "yes |"],
    }
    assert (
        "**By the plan as first registered, 0 sentences may be counted as decided in at least"
        in text
    )
    notice = "The placebo that the plan first named decides more than its level allows"
    assert notice in (tmp_path / "docs/study/amended/index.html").read_text()


def test_what_an_experiment_was_sized_for_is_no_finding(tmp_path: Path) -> None:
    table = judged(claims(), 0)
    verdicts = table.set_index("id")["verdict"]
    held = [name for name, verdict in verdicts.items() if verdict == "supported"]
    note = f"{NONE_NEAR} the paper's LTH3; the last, LTH9 (90.0%), is used instead."
    is_far = table["id"] == held[2]
    folders = {
        "first": experiment(
            tmp_path / "first", 0, claims=table.assign(note=table["note"].mask(is_far, note))
        ),
        "second": experiment(tmp_path / "second", 0),
    }
    path = study(tmp_path / "study.yaml", **folders)
    written = yaml.safe_load(path.read_text())
    unmeasured = verdicts.index[verdicts == "not measurable"][0]
    written["experiments"][0]["sized_for"] = {
        held[0]: "it had to.", unmeasured: "so had this.", held[2]: "and is far."
    }  # fmt: skip
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert f"- `{held[0]}`: it had to.\n" in section(
        text, "## What differs from the plan", "## Run"
    )
    part = section(text, "### Findings as in the paper", "### Findings at equal training")
    both = section(part, "**Supported on all** (replicates)", "**Supported on some**")
    some = section(part, "**Supported on some** (replicates)", "**Supported on none**")
    assert f"(`{held[1]}`," in both and f"(`{held[0]}`," not in both
    (row,) = (line for line in some.splitlines() if f"(`{held[0]}`," in line)
    first, second = (cell.strip() for cell in row.split("|")[3:5])
    assert first[0] == "‡" and second.startswith(first.replace("‡", "✓"))
    rows = pd.read_csv(tmp_path / "docs/study/verdicts.csv").query("column == 'paper'")
    told = rows.set_index(["experiment", "id"])["verdict"]
    assert told["first", held[0]] == "sized for it" and told["second", held[0]] == "supported"
    assert told["first", held[2]] == "sized for it"
    assert told["first", unmeasured] == "not measurable"
    written["experiments"][0]["sized_for"] = {"bleu-kep": "a slip"}
    path.write_text(yaml.safe_dump(written))
    with pytest.raises(InputError, match="no claim is called bleu-kep; did you mean bleu-kept"):
        main([str(path), str(tmp_path / "docs")])


def test_a_summary_that_says_other_verdicts_than_the_tables_is_refused(tmp_path: Path) -> None:
    whole = experiment(tmp_path / "whole", 0, **with_controls(reordered="control"))
    path = study(tmp_path / "study.yaml", whole=whole)
    written = yaml.safe_load(path.read_text())
    rows = pd.read_csv(whole / "tables/claims.csv").set_index("id")["verdict"]
    # Sentences, and a part that is judged on its own.
    names = ("bleu-kept", "neuronsim-higher-layers/decoder")
    says = {name: {"whole": rows[name]} for name in names}
    again = {"layersim-higher-layers": {"whole": "supported"}}
    written["summary"] = [{"text": "So it is.", "says": {"paper": says}}]
    written["remarks"] = [{"text": "But again.", "says": {"reordered": again}}]
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert "- So it is.\n" in section(text, "## In short", "## Question")
    remarks = section(text, "### Remarks on single findings", "## What the controls explain")
    assert "- But again.\n" in remarks
    says["bleu-kept"]["whole"] = "as it was before"
    says["neuronsim-higher-layers/encoders"] = {"whole": "open", "other": "open"}
    again["layersim-higher-layers"]["whole"] = "changed"
    path.write_text(yaml.safe_dump(written))
    with pytest.raises(InputError) as refused:
        main([str(path), str(tmp_path / "docs")])
    assert str(refused.value).splitlines()[1:] == [
        f"  bleu-kept on whole, as in the paper: {rows['bleu-kept']}, not as it was before",
        "  neuronsim-higher-layers/encoders on other, as in the paper: no verdicts yet, not open",
        "  neuronsim-higher-layers/encoders on whole, as in the paper: not judged, not open",
        "  layersim-higher-layers on whole, relative to reordered: supported, not changed",
    ]


def test_texts_have_their_numbers_inserted(tmp_path: Path) -> None:
    path = study(tmp_path / "study.yaml", whole=experiment(tmp_path / "whole", 0))
    verdicts = judged(claims(), 0).set_index("id")
    name = verdicts.index[verdicts["verdict_equal_training"] == "supported"][0]
    written = yaml.safe_load(path.read_text())
    call = f"effect('{name}', 'whole', 'equal_training'"
    told = f"It is {{{{ {call}) }}}}, {{{{ {call}, times=-100) }}}} percent less."
    written["summary"] = [{"text": told}]
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(tmp_path / "docs")])
    value = verdicts.loc[name, "effect_equal_training"]
    told = f"- It is {value:.1f} [{value - 0.5:.1f},\u00a0{value + 0.5:.1f}], "
    value *= -100
    told += f"{value:.0f} [{value - 50:.0f},\u00a0{value + 50:.0f}] percent less.\n"
    assert told in section((tmp_path / "docs/study.md").read_text(), "## In short", "## Question")
    supported = sum(verdicts["verdict"] == "supported")  # of one experiment, on all
    written["summary"] = [{"text": "{{ come_out('paper', 'on all') }} hold."}]
    written["deviations"] = ["It was {{ come_out('paper', 'on all') }}."]
    path.write_text(yaml.safe_dump(written))
    main([str(path), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert f"- {supported} hold.\n" in text
    assert f"**All experiments.** It was {supported}.\n" in text
    written["summary"] = [{"text": "{{ effect('bleu-kept', 'whole', 'equal') }}"}]
    path.write_text(yaml.safe_dump(written))
    with pytest.raises(InputError, match="whole has no effect of bleu-kept in the column equal"):
        main([str(path), str(tmp_path / "docs")])
    # Its tables have no tickets.
    written["summary"] = [{"text": f"{{{{ last('{name}', 'whole') }}}}"}]
    path.write_text(yaml.safe_dump(written))
    with pytest.raises(InputError, match=f"whole has no last of {name} in the column paper"):
        main([str(path), str(tmp_path / "docs")])


def test_verdicts_that_differ_between_columns_are_told_in_words(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    part = section(text, "Verdicts that differ between the two columns.", "## Behaviour")
    shown = {
        (cells[1].strip("` "), cells[2].strip()): cells[-2].strip()
        for line in part.splitlines()
        if len(cells := line.split("|")) == 7 and line.startswith("| `")
    }
    tested = ["supported", "contradicted", "negligible", "open"]
    margin = {claim.id for claim in claims() if claim.within is not None or claim.above}
    told = Counter()
    for label in ("whole", "rich"):
        verdicts = counted(made, label)
        pairs = verdicts[["verdict", "verdict_equal_training"]]
        for name, pair in pairs[pairs.isin(tested).all(axis=1)].iterrows():
            if len({*pair}) == 1:
                assert (name, label) not in shown
            elif (*pair,) == ("supported", "contradicted"):
                assert "the opposite relative to" in shown[name, label]
                told["opposite"] += 1
            elif (*pair,) == ("supported", "open"):
                said = "side of the margin" if name in margin else "may be an effect of further"
                assert said in shown[name, label]
                told["lost"] += 1
        told["same"] += (pairs["verdict"] == pairs["verdict_equal_training"]).sum()
    assert min(told["opposite"], told["lost"], told["same"]) > 0


def test_models_and_probes_are_told(made: Path) -> None:
    text = (made / "docs/study.md").read_text()
    for name, value in (("cut of what is left", "36%, 20%"), ("subwords", "4,000 merges"),
                        ("probed tickets, besides LTH0", "LTH8"), ("epochs of LTH0", "60"),
                        ("epochs of each retraining", "30"),
                        ("LTH8", "LTH9 (90.0%): none is near, so it is the last"),
                        ("rewound to, as a share of LTH0's training", "50%")):  # fmt: skip
        assert f"| {name} | {value} | {value} | {value} |\n" in text
    # 15 and 1 of 40 probes.
    assert "| rich | linear | 2 | 1 | GED | 40% |\n" in text


def test_the_gallery_has_each_figure_of_the_first_experiment_and_its_numbers(made: Path) -> None:
    text = (made / "docs/gallery.md").read_text()
    shown = sorted((made / "docs/study/whole/figures").iterdir())
    assert {path.suffix for path in shown} == {".csv", ".svg"}
    assert sorted(re.findall(r"\]\((study/.+?/figures/.+?)\)", text)) == [
        path.relative_to(made / "docs").as_posix() for path in shown
    ]
    assert set(HEADINGS) == set(FIGURES)
    assert "### Figure 4: NeuronSim of each layer with LTH0\n" in text


def test_wrong_input_is_told_in_one_line(tmp_path: Path) -> None:
    out = str(tmp_path / "docs")

    def told(folder: Path, message: str) -> None:
        with pytest.raises(InputError, match=message) as error:
            main([str(study(tmp_path / "study.yaml", whole=folder)), out])
        assert "\n" not in str(error.value)

    told(tmp_path / "nowhere", "whole: .*nowhere: no such folder")
    other = experiment(tmp_path / "other", 1, seeds=(1, 2, 7))
    told(other, r"seeds \[7\] are not planned")
    left_out = experiment(tmp_path / "ninth", 1, seeds=(1, 2, 9))
    told(left_out, r"seeds \[9\] are left out by the study")
    others = judged(claims(), 1).replace({"id": {"bleu-kept": "mine"}})
    renamed = experiment(tmp_path / "renamed", 1, claims=others)
    told(renamed, r"judged by other claims than this version has \(bleu-kept\)")
    broken = experiment(tmp_path / "broken", 1)
    (broken / "tables/claims.csv").unlink()
    told(broken, r"no tables/claims\.csv; run the experiment to its end")
    # Another experiment's folder stands for its claims in `superseded`.
    path = study(tmp_path / "study.yaml", whole=None, rich=experiment(tmp_path / "rich", 1))
    with pytest.raises(InputError, match=r"None/tables/claims\.csv: no claims\.csv, which `supers"):
        main([str(path), out])
    assert not (tmp_path / "docs").exists()
    (tmp_path / "study.yaml").write_text(json.dumps({"goal": 1, "experiments": [], "x": 1}))
    with pytest.raises(InputError, match=r"study\.yaml: "):
        main([str(tmp_path / "study.yaml"), out])


def test_markup_in_names_stays_text(tmp_path: Path) -> None:
    attack = "<img src=x onerror=alert(1)>|\n</table><script>alert(1)</script>"
    tables = rich_tables()
    for name, column in (("contrasts", "phenomenon"), ("contrasts", "set")):
        tables[name] = tables[name].assign(**{column: tables[name][column] + attack})
    tables["probe_separation"]["task"] += attack
    folder = experiment(tmp_path / "whole", 0, **tables)
    path = folder / "provenance.json"
    record = json.loads(path.read_text())
    record["machines"] = {attack: 5}
    record["code"]["commit"] = attack
    path.write_text(json.dumps(record))
    main([str(study(tmp_path / "study.yaml", whole=folder)), str(tmp_path / "docs")])
    text = (tmp_path / "docs/study.md").read_text()
    assert "&lt;img src=x onerror=alert(1)>\\| &lt;/table>&lt;script>" in text
    assert not re.findall(r"<img|</table|<script", text)
    # A table's rows have as many cells as its head.
    for lines in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines.splitlines()}) == 1
