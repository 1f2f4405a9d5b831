"""The report: claims, Table A1, each section, and where every number comes from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ticketscope.report.page import bleu
from ticketscope.report.page import claims as claims_of
from ticketscope.report.page.origin import origins
from ticketscope.report.page.parts import Figure, Table
from ticketscope.report.page.render import render


def report_page(
    claims: pd.DataFrame,
    table_a1: pd.DataFrame,
    corpus: pd.DataFrame,
    files: Mapping[str, str],
    figures: Mapping[str, Sequence[Figure]],
    probing_tables: Sequence[Table],
    skipped: Mapping[str, str],
    provenance: Mapping[str, Any],
) -> str:
    """The page as HTML. It needs no file but those that it links to.

    Args:
        claims: The paper's claims with verdicts (tables/claims.csv).
        table_a1: Table A1.
        corpus: Sizes of the texts.
        files: Links from the page to the files of these three, by their names here.
        figures: By section: tickets, modules, probing, similarity; no probing figures where nothing
            was probed.
        probing_tables: Tables A2, A3 and further tables of section 4.
        skipped: Tasks that were asked for and not probed, and why.
        provenance: As `ticketscope.report.provenance` gathers it.
    """
    rows = list(claims_of.rows(claims))
    return render(
        Path(__file__).parent / "report.html",
        brand=f"ticketscope: {provenance['experiment']}",
        title=f"{provenance['experiment']}: lottery-ticket Transformers dissected",
        headline=bleu.headline(table_a1),
        summary=claims_of.summary(claims),
        marks=claims_of.MARKS,
        parts=claims_of.parts(claims),
        claims=rows,
        claims_file=files["claims"],
        differing=[row for row in rows if row["verdict"] == "contradicted"],
        signature=table_a1["signature"].iloc[0],
        table_a1=bleu.table_a1(table_a1, files["table_a1"]),
        corpus=Table("Sentences, words and subwords", corpus, file=files["corpus"]),
        figures=figures,
        probing_tables=probing_tables,
        skipped=skipped,
        provenance=provenance,
        config=yaml.safe_dump(provenance["config"], sort_keys=False),
        origins=origins(provenance),
    )
