"""The study as a Markdown page: tables in, text out; the prose is in study.md beside this file."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ticketscope.claims.columns import REFERENCES, Reference
from ticketscope.plan.names import DENSE
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study import registration
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.outcomes import COUNTED, DECIDED, ENOUGH, OUTCOMES, counts, decided_in
from ticketscope.report.study.power import open_rows
from ticketscope.report.study.settings import Study
from ticketscope.report.study.templates import environment
from ticketscope.report.tables.shared import mean_and_sd
from ticketscope.report.tables.table_a1 import beside_the_paper
from ticketscope.stats.seeds import LEAST_SEEDS

NAMES: Mapping[Reference, str] = {
    "paper": "as in the paper",
    "equal_training": "at equal training",
    "equal_sparsity": "at equal sparsity",
}
DENSE_TICKET = "LTH0"
_BEHAVIOUR = ("contrasts_kept", "contrasts_probes")


def page(
    study: Study,
    experiments: Sequence[Finished],
    rows: pd.DataFrame,
    extensions: pd.DataFrame,
    out: Path,
) -> str:
    """The page.

    Args:
        study: The plan.
        experiments: Those that are in.
        rows: `outcomes.verdict_rows` of the experiments that are trusted; empty if there is none.
        extensions: The same of the extension's claims.
        out: Folder of the page's figures and published reports.
    """
    waiting = [p for p in study.experiments if p.name not in {e.name for e in experiments}]
    context: dict[str, Any] = {
        "study": study, "experiments": experiments, "waiting": waiting,
        "untrusted": [e for e in experiments if not e.is_trusted],
        "trusted": [e for e in experiments if e.has_verdicts and e.is_trusted],
        "too_few": [e for e in experiments if not e.has_verdicts], "least": LEAST_SEEDS,
        "setting": table(_settings(experiments)), "origins": table(_origins(experiments)),
        "tables_a1": {e.name: table(_table_a1(e)) for e in experiments},
        "placebos": table(_placebos(experiments)), "costs": table(_costs(experiments)),
        "stand_ins": table(_stand_ins(experiments)), "names": NAMES,
        "marks": ", ".join(f"{mark} {verdict}" for verdict, mark in MARKS.items()),
        "pictures": [
            (e, f"{out.name}/{e.name}/figures/{name}.svg")
            for name in _BEHAVIOUR
            for e in experiments
            if (out / e.name / f"figures/{name}.svg").is_file()
        ],
        "contrasts": table(_contrasts(experiments)), "out": out.name, "enough": ENOUGH,
    }  # fmt: skip
    if len(rows):
        marked = {e.name: f"{e.name} ({e.status})" if e.missing else e.name for e in experiments}
        rows, extensions = (each.replace({"experiment": marked}) for each in (rows, extensions))
        context |= _findings(rows, extensions)
    return environment().get_template("study.md").render(has_verdicts=len(rows) > 0, **context)


def table(frame: pd.DataFrame) -> str:
    """Markdown; empty where there is no row."""
    if frame.empty:
        return ""
    lines = ["| " + " | ".join(map(str, frame.columns)) + " |", "|" + " --- |" * len(frame.columns)]
    for row in frame.itertuples(index=False):
        cells = ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _findings(rows: pd.DataFrame, extensions: pd.DataFrame) -> dict[str, Any]:
    decided = decided_in(rows)
    at_least = min(ENOUGH, rows["experiment"].nunique())
    counted = counts(rows)
    return {
        "sentences": rows["id"].nunique(),
        "counts": table(counted.rename(columns=NAMES).rename_axis("outcome").reset_index()),
        "decided": int((decided >= at_least).sum()),
        "decided_in_one_column": {
            NAMES[column]: int((decided_in(rows, [column]) >= at_least).sum()) for column in COUNTED
        },
        "lists": {
            column: {
                name: table(_list(rows, column, name)) for name in OUTCOMES if name in OUTCOMES[:4]
            }
            for column in REFERENCES
        },
        "unlisted": {
            (column, name): ", ".join(f"`{i}`" for i in _ids(rows, column, name))
            for column in REFERENCES
            for name in OUTCOMES[4:]
        },
        "controls_counts": table(_controls(rows)),
        "controls": table(_supported_as_in_the_paper(rows)),
        "extensions": table(_extensions(extensions)),
        "open": table(_open(rows)),
        "not_measurable": table(_not_measurable(rows)),
    }


def _ids(rows: pd.DataFrame, column: Reference, outcome: str) -> list[str]:
    chosen = rows[(rows["column"] == column) & (rows["outcome"] == outcome)]
    return [str(name) for name in chosen["id"].unique()]


def _cell(row: Mapping[Any, Any]) -> str:
    effect = with_interval(row["effect"], row["low"], row["high"])
    return f"{MARKS[row['verdict']]} {effect}".strip()


def _list(rows: pd.DataFrame, column: Reference, outcome: str) -> pd.DataFrame:
    """A row a sentence, its effects side by side."""
    chosen = rows[(rows["column"] == column) & (rows["outcome"] == outcome)]
    names = list(rows["experiment"].unique())
    lines = []
    for _, part in chosen.groupby("id", sort=False):
        first, cells = part.iloc[0], {r["experiment"]: _cell(r) for r in part.to_dict("records")}
        paper = "" if pd.isna(first["paper"]) else first["paper"]
        lines.append(
            {"sentence": f"{first['sentence']} (`{first['id']}`, {first['section']})"}
            | {"unit": first["unit"], "paper": paper}
            | {name: cells.get(name, "") for name in names}
        )
    return pd.DataFrame(lines)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Verdicts (id, experiment) by column."""
    wide = rows.pivot(index=["id", "experiment"], columns="column", values="verdict")
    return wide.reindex(columns=REFERENCES).fillna("not asked")


def _controls(rows: pd.DataFrame) -> pd.DataFrame:
    held = _wide(rows).query("paper == 'supported'")
    verdicts = [*DECIDED, "open", "not measurable", "not asked"]
    lines = []
    for name in rows["experiment"].unique():
        of_one = held[held.index.get_level_values("experiment") == name]["equal_training"]
        counts = of_one.value_counts()
        lines.append(
            {"experiment": name, "supported as in the paper": len(of_one)}
            | {f"{verdict} at equal training": int(counts.get(verdict, 0)) for verdict in verdicts}
        )
    return pd.DataFrame(lines)


def _supported_as_in_the_paper(rows: pd.DataFrame) -> pd.DataFrame:
    wide = _wide(rows)
    names = list(rows["experiment"].unique())
    lines = []
    for name, part in wide.groupby(level="id", sort=False):
        held = part[part["paper"] == "supported"]["equal_training"].droplevel("id")
        if len(held) and (held != "not asked").any():
            cells = {e: held.get(e, "not supported as in the paper") for e in names}
            lines.append({"claim": f"`{name}`"} | cells)
    return pd.DataFrame(lines)


def _extensions(extensions: pd.DataFrame) -> pd.DataFrame:
    names = list(extensions["experiment"].unique())
    lines = []
    for (_, column), part in extensions.groupby(["id", "column"], sort=False):
        first = part.iloc[0]
        cells = {r["experiment"]: _cell(r) for r in part.to_dict("records")}
        lines.append(
            {"sentence": f"{first['sentence']} (`{first['id']}`)", "unit": first["unit"]}
            | {"column": {"paper": "against LTH0, or as the sentence says"}.get(
                column, NAMES[column])}
            | {"outcome": first["outcome"]}
            | {name: cells.get(name, "") for name in names}
        )  # fmt: skip
    sentences = list(dict.fromkeys(line["sentence"] for line in lines))
    lines.sort(key=lambda line: sentences.index(line["sentence"]))
    table = pd.DataFrame(lines)
    # A sentence and its unit stand in the first of its rows alone.
    again = table["sentence"].duplicated()
    return table.assign(**{name: table[name].mask(again, "") for name in ("sentence", "unit")})


def _open(rows: pd.DataFrame) -> pd.DataFrame:
    unresolved = open_rows(rows)
    return pd.DataFrame(
        {
            "claim": [f"`{name}`" for name in unresolved["id"]],
            "column": unresolved["column"].map(NAMES),
            "experiment": unresolved["experiment"],
            "seeds": unresolved["seeds"],
            "could have seen": unresolved["resolvable"].map("{:.2g}".format),
            "half of the paper's effect": unresolved["half"].map(
                "{:.2g}".format, na_action="ignore"
            ),
            "seeds for it": unresolved["needed"],
            "unit": unresolved["unit"],
        }
    ).sort_values(["claim", "column"], kind="stable")


def _not_measurable(rows: pd.DataFrame) -> pd.DataFrame:
    unmeasured = rows[(rows["column"] == "paper") & (rows["verdict"] == "not measurable")]
    return pd.DataFrame(
        {
            "claim": [f"`{name}`" for name in unmeasured["id"]],
            "experiment": unmeasured["experiment"],
            "why": unmeasured["note"],
        }
    )


def _settings(experiments: Sequence[Finished]) -> pd.DataFrame:
    """A row a property, a column an experiment."""
    columns: dict[str, dict[str, str]] = {}
    for e in experiments:
        tables, model = e.results.tables, e.record["config"]["model"]
        corpus, sparsity = tables["corpus"], tables["sparsity"]
        source = corpus.drop_duplicates("split").set_index("split")
        dense = sparsity.iloc[0]
        epochs = tables["table_a1"].groupby("k")["epochs_seen"].first()
        layers = [model["overrides"].get(f"{side}-layers", "") for side in ("encoder", "decoder")]
        columns[e.name] = {
            "training pairs": f"{source.loc['train', 'sentences']:,}",
            "source words of them": f"{source.loc['train', 'words']:,}",
            "test lines": ", ".join(
                f"{split} {source.loc[split, 'sentences']:,}"
                for split in source.index
                if split not in ("train", "valid")
            ),
            "layers, encoder and decoder": " and ".join(map(str, layers)),
            "units": str(model["overrides"].get("encoder-embed-dim", model["arch"])),
            "parameters": f"{dense['parameters']:,.0f}",
            "prunable": f"{dense['prunable']:,.0f}",
            "epochs of LTH0": f"{epochs.get(0, float('nan')):.0f}",
            "epochs of each retraining": f"{epochs.get(1, float('nan')) - epochs.get(0, 0):.0f}",
            "series": ", ".join(e.record["config"]["pruning"]["series"]),
            "pruned tickets of a series": str(sparsity["k"].max()),
            "largest sparsity": f"{sparsity['sparsity_excl'].max():.1%}",
            "seeds planned": _range(e.planned.seeds),
            "seeds in": _range(e.seeds),
            "seeds still to come": _range(e.missing) or "none",
            "seeds left out": "; ".join(f"{n}: {why}" for n, why in e.planned.left_out.items())
            or "none",
        }
    return pd.DataFrame(columns).rename_axis("").reset_index() if columns else pd.DataFrame()


def _range(seeds: Sequence[int]) -> str:
    ordered = sorted(seeds)
    if len(ordered) > 2 and ordered == list(range(ordered[0], ordered[-1] + 1)):
        return f"{ordered[0]} to {ordered[-1]}"
    return ", ".join(map(str, ordered))


def _origins(experiments: Sequence[Finished]) -> pd.DataFrame:
    lines = []
    for e in experiments:
        judged = e.record["code"]["commit"] or ""
        alone = {"seeds": ", ".join(map(str, e.seeds)), "commit": judged}
        parts: dict[str, list[int]] = {}
        for row in e.record.get("joined", [alone]):
            seeds = map(int, str(row["seeds"]).split(", "))
            parts.setdefault(row["commit"], []).extend(seeds)
        lines += [_origin(e, f"seeds {_range(seeds)}", name) for name, seeds in parts.items()]
        lines.append(_origin(e, "verdicts", judged))
    return pd.DataFrame(lines)


def _origin(e: Finished, part: str, commit: str) -> dict[str, str]:
    plan = e.planned.plan
    return {
        "experiment": e.name,
        "of": part,
        "code": f"`{commit}`" if commit else registration.UNKNOWN,
        "plan": f"`{plan}`",
        "contains the plan": registration.plan_is_earlier(plan, commit),
        "claims as in the plan": registration.claims_are_the_same(plan, commit),
    }


def _table_a1(e: Finished) -> pd.DataFrame:
    """BLEU: a row a ticket, a column a series, and the paper's where it has the series."""
    shown = beside_the_paper(e.results.tables["table_a1"])
    bleu = next(name for name in ("BLEU ± sd", "BLEU [95 %]") if name in shown)
    names = [name for name in shown["series"].unique() if name != DENSE]
    dense, sparse = shown[shown["series"] == DENSE], shown[shown["series"] != DENSE]
    shown = pd.concat([*(dense.assign(series=name) for name in names), sparse])
    by_ticket = {
        heading: shown.pivot(index="ticket", columns="series", values=column)
        for heading, column in (("", bleu), ("paper: ", "paper: BLEU"))
    }
    order = sorted(shown["ticket"].unique(), key=lambda ticket: int(ticket.removeprefix("LTH")))
    columns = {"sparsity excl. emb.": shown.groupby("ticket")["sparsity excl. emb."].max()}
    for heading, values in by_ticket.items():
        columns |= {
            f"{heading}{name}": values[name]
            for name in names
            if values[name].drop(DENSE_TICKET).fillna("").ne("").any()
        }
    return pd.DataFrame(columns).loc[order].rename_axis("ticket").reset_index()


def _stand_ins(experiments: Sequence[Finished]) -> pd.DataFrame:
    lines = {}
    for e in experiments:
        stand_ins = {f"LTH{k}": e.stand_in(k) for k in (3, 7, 8)}
        lines[e.name] = {
            paper: f"LTH{k} ({sparse:.1%})" for paper, (k, sparse) in stand_ins.items()
        }
    frame = pd.DataFrame(lines)
    return frame.rename_axis("the paper's").reset_index() if lines else frame


def _placebos(experiments: Sequence[Finished]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "experiment": f"{e.name} ({e.status})",
            "second control": f"`{placebo.series}`",
            "tested": placebo.tested,
            "decided": placebo.decided,
            "which": ", ".join(f"`{name}`" for name in placebo.ids),
            "p of so many at 5 %": f"{placebo.p:.2g}" if placebo.tested else "",
            "": "decides too much" if placebo.failed else "within its level",
        }
        for e in experiments
        for placebo in e.placebos
    )


def _contrasts(experiments: Sequence[Finished]) -> pd.DataFrame:
    """Accuracy, mean over phenomena, of LTH0 and of the tickets that stand for LTH7."""
    lines = []
    for e in experiments:
        contrasts = e.results.tables.get("contrasts")
        if contrasts is None:
            continue
        k, _ = e.stand_in(7)
        means = contrasts.groupby(["subset", "series", "k", "seed"])["accuracy"].mean()
        for subset in ("all", "minority"):
            if subset not in means:
                continue
            accuracies = {"LTH0": means.get((subset, "dense", 0))} | {
                f"{series} LTH{k}": means.get((subset, series, k))
                for series in e.record["config"]["pruning"]["series"]
            }
            lines += [
                {"experiment": e.name, "contrasts": subset, "model": model,
                 "accuracy": mean_and_sd(values, ".3f")}
                for model, values in accuracies.items() if values is not None
            ]  # fmt: skip
    return pd.DataFrame(lines)


def _costs(experiments: Sequence[Finished]) -> pd.DataFrame:
    lines = []
    for e in experiments:
        rules = pd.DataFrame(e.record["rules"])
        hours = rules["cpu_s"].sum() / 3600
        training = rules[rules["rule"].isin(["train_dense", "retrain"])]["cpu_s"].sum() / 3600
        lines.append(
            {
                "experiment": f"{e.name} ({e.status})",
                "core-hours": f"{hours:.1f}",
                "a seed": f"{hours / len(e.seeds):.1f}",
                "of it training": f"{training / hours:.0%}" if hours else "",
                "GPU-hours": f"{rules['gpu_s'].sum() / 3600:.1f}",
                "largest job (MiB)": f"{rules['peak_mib'].max():.0f}",
                "machines": "; ".join(e.record["machines"]),
            }
        )
    return pd.DataFrame(lines)
