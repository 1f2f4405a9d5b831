"""The report: claims, Table A1, each section, and where every number comes from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from ticketscope.report.page import claims as claims_of
from ticketscope.report.page.origin import origin, origins
from ticketscope.report.page.parts import Section
from ticketscope.report.page.render import render
from ticketscope.report.page.sections import headline


def report_page(
    claims: pd.DataFrame,
    claims_file: str,
    table_a1: pd.DataFrame,
    sections: Sequence[Section],
    provenance: Mapping[str, Any],
) -> str:
    """The page as HTML. It needs no file but those that it links to.

    Args:
        claims: The paper's claims with verdicts (tables/claims.csv).
        claims_file: Their file, as a link from the page.
        table_a1: Table A1.
        sections: Sections in their order.
        provenance: As `ticketscope.report.provenance` gathers it.
    """
    rows = list(claims_of.rows(claims))
    return render(
        Path(__file__).parent / "report.html",
        brand=f"ticketscope: {provenance['experiment']}",
        title=f"{provenance['experiment']}: lottery-ticket Transformers dissected",
        headline=headline(table_a1),
        summary=claims_of.summary(claims),
        marks=claims_of.MARKS,
        parts=claims_of.parts(claims),
        claims=rows,
        claims_file=claims_file,
        differing=[row for row in rows if row["verdict"] == "differs"],
        sections=sections,
        provenance=provenance,
        config=yaml.safe_dump(provenance["config"], sort_keys=False),
        origin=origin(provenance),
        origins=origins(provenance),
    )
