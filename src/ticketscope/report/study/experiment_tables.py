"""The page's tables of the experiments: what they are, what they scored, what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ticketscope.claims.model import claims
from ticketscope.claims.tables import MAGNITUDE, RANDOM
from ticketscope.plan.names import DENSE
from ticketscope.plan.paper_tickets import PAPER_SPARSITIES, stands_for
from ticketscope.report.page.claims import MARKS, with_interval
from ticketscope.report.study import registration
from ticketscope.report.study.experiment import Finished
from ticketscope.report.study.markdown import table
from ticketscope.report.study.placebo import Placebo, deciding
from ticketscope.report.tables.further_tests import bleu_of_all_texts
from ticketscope.report.tables.shared import mean_and_sd
from ticketscope.report.tables.table_a1 import paper_bleu
from ticketscope.stats.seeds import LEAST_SEEDS

DENSE_TICKET = "LTH0"
_UNDECIDED = "(open)"
_PAIRS = "phenomena"
_SPARSITIES = ["sparsity_excl", "sparsity_incl"]
_TOGETHER = "\u00a0±\u00a0"  # in one line of a narrow column


def tables(experiments: Sequence[Finished]) -> dict[str, str | dict[str, str]]:
    """All of them as Markdown, by their names in the template; Table A1 by experiment."""
    return {
        "setting": table(_settings(experiments)),
        "origins": table(_origins(experiments)),
        "tables_a1": {e.name: table(_table_a1(e)) for e in experiments},
        "further_tests": {e.name: table(_further_tests(e)) for e in experiments},
        "stand_ins": table(_stand_ins(experiments)),
        "placebos": table(_placebos(experiments)),
        "placebo_effects": table(_placebo_effects(experiments)),
        "beside_controls": table(_beside_controls(experiments)),
        "probes": table(_probes(experiments)),
        "contrasts": table(_contrasts(experiments)),
        "costs": table(_costs(experiments)),
    }


def _settings(experiments: Sequence[Finished]) -> pd.DataFrame:
    """A row a property, a column an experiment."""
    columns: dict[str, dict[str, str]] = {}
    for e in experiments:
        tables, config = e.results.tables, e.record["config"]
        corpus, sparsity = tables["corpus"], tables["sparsity"]
        source = corpus.drop_duplicates("split").set_index("split")
        tests = [config["decoding"]["split"], *config.get("corpus", {}).get("tests", {})]
        dense = sparsity.iloc[0]
        epochs = tables["table_a1"].groupby("k")["epochs_seen"].first()
        columns[e.label] = {
            "training pairs": f"{source.loc['train', 'sentences']:,}",
            "source words of them": f"{source.loc['train', 'words']:,}",
            "lines of test texts": ", ".join(
                f"{split} {source.loc[split, 'sentences']:,}"
                for split in tests
                if split in source.index
            ),
            **_model(config),
            "parameters": f"{dense['parameters']:,.0f}",
            "of them prunable": f"{dense['prunable']:,.0f}",
            "epochs of LTH0": f"{epochs.get(0, float('nan')):.0f}",
            "epochs of each retraining": f"{epochs.get(1, float('nan')) - epochs.get(0, 0):.0f}",
            **_pruning(config),
            "pruned tickets of a series": str(sparsity["k"].max()),
            "largest sparsity": f"{sparsity['sparsity_excl'].max():.1%}",
            **_probing(config),
            "seeds planned": _range(e.planned.seeds),
            "seeds in": _range(e.seeds),
            "seeds still to come": _range(e.missing) or "none",
            "seeds left out": "; ".join(f"{n}: {why}" for n, why in e.planned.left_out.items())
            or "none",
        }
    return pd.DataFrame(columns).rename_axis("").reset_index() if columns else pd.DataFrame()


def _model(config: Mapping[str, Any]) -> dict[str, str]:
    model = config["model"]

    def both(option: str) -> str:
        """Of encoder and decoder; the architecture's name where the config leaves it to that."""
        sides = [model["overrides"].get(f"{side}-{option}") for side in ("encoder", "decoder")]
        return " and ".join(model["arch"] if side is None else str(side) for side in sides)

    return {
        "layers, encoder and decoder": both("layers"),
        "units": both("embed-dim"),
        "units of feed-forward layers": both("ffn-embed-dim"),
        "attention heads": both("attention-heads"),
        "subwords": f"{config['subwords']['size']:,} merges",
        "dropout": str(config["training"]["dropout"]),
    }


def _pruning(config: Mapping[str, Any]) -> dict[str, str]:
    pruning = config["pruning"]
    cuts = pruning["fraction"]
    shares = cuts if isinstance(cuts, list) else [cuts]
    return {
        "rewound to, as a share of LTH0's training": f"{config['rewinding']['point']:.0%}",
        "cut of what is left": ", ".join(f"{share:.0%}" for share in shares),
        "series": ", ".join(pruning["series"]),
    }


def _probing(config: Mapping[str, Any]) -> dict[str, str]:
    probing = config["probing"]
    tickets = probing["tickets"]
    return {
        "probing suite": probing["suite"],
        "probed tickets, besides LTH0": tickets
        if isinstance(tickets, str)
        else ", ".join(f"LTH{k}" for k in tickets if k),
    }


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
        lines += [_origin(e, _of_seeds(seeds), name) for name, seeds in parts.items()]
        lines.append(_origin(e, "verdicts", judged))
    return pd.DataFrame(lines)


def _of_seeds(seeds: Sequence[int]) -> str:
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {_range(seeds)}"


def _origin(e: Finished, part: str, commit: str) -> dict[str, str]:
    plan = e.planned.plan
    return {
        "experiment": e.label,
        "of": part,
        "code": f"`{commit}`" if commit else registration.UNKNOWN,
        "plan": f"`{plan}`",
        "contains the plan": registration.plan_is_earlier(plan, commit),
        "claims as in the plan": registration.claims_are_the_same(plan, commit),
    }


def _table_a1(e: Finished) -> pd.DataFrame:
    """BLEU: a row a ticket, a column a series, and the paper's that is as sparse as the series."""
    scores = e.results.tables["table_a1"]
    dense = scores[scores["series"] == DENSE]
    of_dense = dense.set_index("seed")["bleu"]
    pruned = scores[scores["series"] != DENSE]
    lines = []
    for k in sorted(scores["k"].unique()):
        sparse = scores[scores["k"] == k].groupby("series", sort=False)[_SPARSITIES].max()
        line = {
            "ticket": f"LTH{k}",
            "sparsity excl. emb.": _sparsity(sparse["sparsity_excl"]),
            "incl. emb.": _sparsity(sparse["sparsity_incl"]),
        }
        for name, of_series in pruned.groupby("series", sort=False):
            seeds = of_series[of_series["k"] == k] if k else dense
            line[str(name)] = _bleu(seeds)
            if name == MAGNITUDE:
                kept = 100 * seeds.set_index("seed")["bleu"] / of_dense
                line["% kept"] = mean_and_sd(kept, ".1f").replace(" ± ", _TOGETHER)
            if name in (MAGNITUDE, RANDOM):
                own = sparse["sparsity_excl"].get(name if k else DENSE, float("nan"))
                line[f"paper: {name}"] = _paper_bleu(str(name), own)
        lines.append(line)
    return pd.DataFrame(lines)


def _sparsity(of_series: pd.Series) -> str:
    """That of all series that are pruned; where they have fractions of their own, each one's."""
    pruned = of_series[of_series > 0]
    if pruned.empty or pruned.max() - pruned.min() < 0.001:  # three decimals are shown
        return f"{of_series.max():.3f}"
    return ", ".join(f"{name} {value:.3f}" for name, value in pruned.items())


def _bleu(seeds: pd.DataFrame) -> str:
    """Mean and standard deviation over seeds; of one seed its interval over sentences."""
    if len(seeds) == 1:
        (row,) = seeds.to_dict("records")
        return with_interval(row["bleu"], row["bleu_low"], row["bleu_high"]).replace(" ", "\u00a0")
    return mean_and_sd(seeds["bleu"]).replace(" ± ", _TOGETHER)


def _paper_bleu(series: str, sparsity: float) -> str:
    """BLEU of the paper's ticket that is as sparse, with its name; empty if there is none."""
    for k in range(len(PAPER_SPARSITIES)):
        bleu = paper_bleu(series, k)
        if stands_for(k, sparsity) and bleu is not None:
            return f"{bleu:.2f}\u00a0(LTH{k})"
    return ""


def _further_tests(e: Finished) -> pd.DataFrame:
    """BLEU of all test texts: a row a ticket; empty if there is one text alone."""
    tables = e.results.tables
    if "further_tests" not in tables:
        return pd.DataFrame()
    split = e.record["config"]["decoding"]["split"]
    shown = bleu_of_all_texts(tables["table_a1"], tables["further_tests"], split)
    return shown.map(lambda cell: cell.replace(" ± ", _TOGETHER))


def _stand_ins(experiments: Sequence[Finished]) -> pd.DataFrame:
    lines = {}
    for e in experiments:
        lines[e.label] = {f"LTH{k}": _stand_in(e, k) for k in (3, 7, 8)}
    frame = pd.DataFrame(lines)
    return frame.rename_axis("the paper's").reset_index() if lines else frame


def _stand_in(e: Finished, paper_k: int) -> str:
    k, sparse = e.stand_in(paper_k)
    note = "" if stands_for(paper_k, sparse) else ": none is near, so it is the last"
    return f"LTH{k} ({sparse:.1%}){note}"


def _placebos(experiments: Sequence[Finished]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "experiment": f"{e.name} ({e.status})",
            "pair": _pair(placebo),
            "tested": len(placebo.effects) if placebo.effects else "",
            "decided": len(placebo.decided) if placebo.effects else "",
            "p": f"{placebo.p:.2g}" if placebo.effects else "",
            "too many from": placebo.least_failing if placebo.effects else "",
            "outcome": _outcome(placebo),
            "decides on findings": _decides(e, placebo),
        }
        for e in experiments
        for placebo in e.placebos
    )


def _placebo_effects(experiments: Sequence[Finished]) -> pd.DataFrame:
    """What some pair of some experiment has decided: its effect in all of them, and magnitude's.

    A row for each experiment and each part of a sentence that has to hold of each.
    """
    decided = {name for e in experiments for placebo in e.placebos for name in placebo.decided}
    magnitude = [e.claim_rows(extension=False).set_index("id") for e in experiments]
    lines = []
    for name in [claim.id for claim in claims() if claim.id in decided]:
        tested = [
            (e, rows["effect_equal_training"])
            for e, rows in zip(experiments, magnitude, strict=True)
            if any(name in placebo.effects for placebo in e.placebos)
        ]
        parts = dict.fromkeys(
            part for e, _ in tested for p in e.placebos for part in p.parts.get(name, ())
        )
        for part in parts or [""]:
            for e, effects in tested:
                lines.append(
                    {"claim": f"`{name}`" + (f", {part}" if part else ""), "experiment": e.label}
                    | {
                        _pair(placebo): _placebo_effect(placebo, name, part)
                        for placebo in e.placebos
                        if name in placebo.effects
                    }
                    | {"magnitude relative to `control`": f"{effects[_id(name, part)]:.2g}"}
                )
    return pd.DataFrame(lines).fillna("")


def _placebo_effect(placebo: Placebo, name: str, part: str) -> str:
    effect = placebo.parts[name][part] if part else placebo.effects[name]
    return f"{effect:.2g}" + ("" if name in placebo.decided else f" {_UNDECIDED}")


def _id(name: str, part: str) -> str:
    """As in claims.csv."""
    return f"{name}/{part}" if part else name


def _beside_controls(experiments: Sequence[Finished]) -> pd.DataFrame:
    """Verdicts that depend on which control the tickets are compared with."""
    lines = []
    for e in experiments:
        for name, rows in e.beside_controls.groupby("id", sort=False):
            cells = {
                f"relative to `{row['control']}`": f"{MARKS[row['verdict']]} "
                + with_interval(row["effect"], row["low"], row["high"])
                + (f"<br>part: {row['part']}" if row["part"] else "")
                for row in rows.to_dict("records")
            }
            lines.append({"experiment": e.label, "claim": f"`{name}`"} | cells)
    return pd.DataFrame(lines).fillna("")


def _pair(placebo: Placebo) -> str:
    return f"`{placebo.series}` relative to `{placebo.control}`"


def _decides(e: Finished, placebo: Placebo) -> str:
    if placebo not in deciding(e.placebos):
        return "no"
    return "yes" if placebo.effects else "not yet"


def _outcome(placebo: Placebo) -> str:
    if not placebo.effects:
        return f"not tested: that takes {LEAST_SEEDS} seeds"
    return "decides too much" if placebo.failed else "within its level"


def _probes(experiments: Sequence[Finished]) -> pd.DataFrame:
    """What probes tell of LTH0: a row for each experiment and family of probes."""
    lines = []
    for e in experiments:
        tables = e.results.tables
        if "probe_separation" not in tables or "probe_training" not in tables:
            continue
        for probe, of_tasks in tables["probe_separation"].groupby("probe", sort=False):
            training = tables["probe_training"].query("probe == @probe")
            short = (training["undertrained"] * training["probes"]).sum() / training["probes"].sum()
            unknown = of_tasks[~of_tasks["separated"]]["task"]
            lines.append(
                {
                    "experiment": e.label,
                    "probes": probe,
                    "tasks": len(of_tasks),
                    "of them known to LTH0": len(of_tasks) - len(unknown),
                    "not shown to be known": ", ".join(unknown) or "none",
                    "of all probes, still improving at their last epoch": f"{short:.0%}",
                }
            )
    return pd.DataFrame(lines)


def _contrasts(experiments: Sequence[Finished]) -> pd.DataFrame:
    """Accuracy, mean over phenomena, of LTH0 and of the tickets that stand for LTH7.

    A row for each kind of contrasts and series, a column an experiment; before them the number of
    pairs.
    """
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for e in experiments:
        contrasts = e.results.tables.get("contrasts")
        if contrasts is None:
            continue
        k, _ = e.stand_in(7)
        tickets = [(DENSE, 0), *((name, k) for name in e.record["config"]["pruning"]["series"])]
        means = contrasts.groupby(["subset", "series", "k", "seed"])["accuracy"].mean()
        dense = contrasts[contrasts["series"] == DENSE]
        dense = dense[dense["seed"] == dense["seed"].min()]
        column = columns.setdefault(e.label, {})
        for subset in ("all", "minority"):
            pairs = dense[dense["subset"] == subset]["items"]
            if len(pairs):
                each = " to ".join(f"{count:,}" for count in sorted({pairs.min(), pairs.max()}))
                column[subset, _PAIRS] = f"{len(pairs)}, of {each} pairs each"
        column |= {
            (subset, DENSE_TICKET if name == DENSE else name): mean_and_sd(
                means[subset, name, number], ".3f"
            )
            for subset in ("all", "minority")
            for name, number in tickets
            if (subset, name, number) in means
        }
    rows = dict.fromkeys(row for column in columns.values() for row in column)
    return pd.DataFrame(
        {"contrasts": subset, "model": model}
        | {label: column.get((subset, model), "") for label, column in columns.items()}
        for subset, model in sorted(rows, key=lambda row: (row[0] != "all", row[1] != _PAIRS))
    )


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
