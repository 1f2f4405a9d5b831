"""The report: findings, figures and claims of each section, and where every number comes from."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ticketscope.claims.findings import findings
from ticketscope.errors import InputError
from ticketscope.probing.free import page as free_suite
from ticketscope.probing.result import training_in_words
from ticketscope.report import titles
from ticketscope.report.page import behaviour, bleu, claims, cost
from ticketscope.report.page.links import Links
from ticketscope.report.page.origin import origins
from ticketscope.report.page.parts import Table, figure
from ticketscope.report.page.render import render
from ticketscope.report.tables import tables_a2_a3

# Sections of the page: their figures by title, and the rule that draws them.
FIGURES = {
    "found": (titles.CLAIMS, "plot_claims"),
    "tickets": (titles.BLEU, "plot_bleu"),
    "modules": (titles.SPARSITY, "plot_sparsity"),
    "probing": (titles.PROBING, "plot_probing"),
    "similarity": (titles.SIMILARITY, "plot_similarity"),
    "behaviour": (titles.BEHAVIOUR, "plot_behaviour"),
    "erasure": (titles.ERASURE, "plot_erasure"),
    "masks": (titles.MASKS, "plot_masks"),
    "anatomy": (titles.ANATOMY, "plot_anatomy"),
    "cost": (titles.COST, "plot_cost"),
}


def report_page(results: Path, links: Links, notice: str = "") -> str:
    """The page of a finished experiment as HTML.

    Args:
        results: Its folder, with tables, figures and provenance.json. A figure, or a table of
            section 4 or of behaviour, that is not there is left out: not every experiment probes or
            has contrasts. So is one that provenance.json does not name, which is left of an earlier
            config.
        links: Where links lead.
        notice: What a reader has to know first, in bold below the title.

    Raises:
        InputError: the tables are of an earlier version.
    """
    provenance = json.loads((results / "provenance.json").read_text(encoding="utf-8"))
    judged = _read(results, "claims")
    if "probing" not in provenance or "verdict_equal_training" not in judged:
        raise InputError(
            f"{results}: its tables are of an earlier version of ticketscope; make them again first"
        )
    table_a1 = _read(results, "table_a1")
    translated = list(bleu.tables_a1(table_a1, links.to("tables/table_a1.csv")))
    if (further := _if_there(results, provenance, "further_tests")) is not None:
        split = provenance["config"]["decoding"]["split"]
        file = links.to("tables/further_tests.csv")
        translated.append(bleu.further_tests(table_a1, further, split, file))
    if (learned := _if_there(results, provenance, "comet")) is not None:
        translated.append(bleu.comet(learned, links.to("tables/comet.csv")))
    figures = {
        section: [
            figure(name, title, f"figures/{name}", results, links, rule)
            for name, title in names.items()
            if (results / f"figures/{name}.svg").is_file()
            and name in provenance.get("figures", names)
        ]
        for section, (names, rule) in FIGURES.items()
    }
    drawn = [shown.name for section in figures.values() for shown in section]
    folds = claims.folds(judged, drawn, links.to)
    if (extensions := _if_there(results, provenance, "extension_claims")) is not None:
        folds += claims.extension_folds(extensions, drawn, links.to)
    behaved = {name: _if_there(results, provenance, name) for name in behaviour.TABLES}
    costs, speeds = (_if_there(results, provenance, name) for name in cost.TABLES)
    return render(
        Path(__file__).parent / "report.html",
        brand=f"ticketscope: {provenance['experiment']}",
        title=f"{provenance['experiment']}: lottery-ticket Transformers dissected",
        notice=notice,
        headline=bleu.headline(table_a1),
        findings=findings(judged),
        marks=claims.MARKS,
        folds=folds,
        claims_file=links.to("tables/claims.csv"),
        own_claims_file=links.to("tables/extension_claims.csv"),
        signature=table_a1["signature"].iloc[0],
        tables_a1=translated,
        corpus=Table(
            "Sentences, words and subwords",
            _read(results, "corpus"),
            file=links.to("tables/corpus.csv"),
            folded=True,
        ),
        figures=figures,
        behaviour_tables=list(
            behaviour.tables({n: t for n, t in behaved.items() if t is not None}, links.to)
        ),
        cost_headline=(
            cost.headline(costs, speeds) if costs is not None and speeds is not None else ""
        ),
        probing_training=training_in_words(_if_there(results, provenance, "probe_training")),
        probing_tables=list(_probing_tables(results, provenance, links)),
        skipped=provenance["probing"]["skipped"],
        provenance=provenance,
        config=yaml.safe_dump(provenance["config"], sort_keys=False, allow_unicode=True),
        origins=origins(provenance),
    )


def _read(results: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(results / f"tables/{table}.csv")


def _if_there(results: Path, provenance: dict[str, Any], table: str) -> pd.DataFrame | None:
    """A table; None: the experiment has none of this name, or only that of an earlier config."""
    path = results / f"tables/{table}.csv"
    known = provenance.get("tables", {}).get("sha256", [path.name])
    return _read(results, table) if path.is_file() and path.name in known else None


def _probing_tables(results: Path, provenance: dict[str, Any], links: Links) -> Iterable[Table]:
    """What was probed; how it was trained, tables A2, A3 and the trends, if anything was."""
    data = provenance["probing"]["data"]
    if data:
        yield Table("The tasks' data", pd.DataFrame(data), free_suite.NOTE, folded=True)
    if (training := _if_there(results, provenance, "probe_training")) is not None:
        note = "Shares of the probes of all encoders, layers and replicates."
        file = links.to("tables/probe_training.csv")
        yield Table("How probes were trained", training, note, file=file, folded=True)
    names = ("table_a2", "table_a3", "probe_trends")
    read = [table for name in names if (table := _if_there(results, provenance, name)) is not None]
    if len(read) < len(names):
        return
    suite = provenance["config"]["probing"]["suite"]
    titled = tables_a2_a3.page_tables(suite, *read)
    for name, (title, (frame, note)) in zip(names, titled.items(), strict=True):
        yield Table(title, frame, note, file=links.to(f"tables/{name}.csv"), folded=True)
