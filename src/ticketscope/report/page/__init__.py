"""One self-contained HTML page: claims, Table A1, each section, where every number comes from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import yaml

from ticketscope.report.page import claims as claims_of
from ticketscope.report.page.origin import origin, origins
from ticketscope.report.page.parts import Section
from ticketscope.report.page.sections import headline

# Beside this file; named here, so that a change of one makes reports stale.
TEMPLATE, STYLE, SCRIPT = "page.html", "page.css", "page.js"
_FOLDER = Path(__file__).parent


def report_page(
    claims: pd.DataFrame,
    claims_file: str,
    table_a1: pd.DataFrame,
    sections: Sequence[Section],
    provenance: Mapping[str, Any],
) -> str:
    """The page as HTML. It needs no network, and no file but those that it links to.

    Args:
        claims: The paper's, judged (tables/claims.csv).
        claims_file: Their file, as a link from the page.
        table_a1: Table A1.
        sections: What is shown, in order.
        provenance: As `ticketscope.report.provenance` gathers it.
    """
    rows = list(claims_of.rows(claims))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template(TEMPLATE).render(
        experiment=provenance["experiment"],
        style=(_FOLDER / STYLE).read_text(encoding="utf-8"),
        script=(_FOLDER / SCRIPT).read_text(encoding="utf-8"),
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
