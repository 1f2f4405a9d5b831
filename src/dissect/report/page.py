"""One self-contained HTML page: claims, Table A1, probing, similarity, the corpus."""

import base64
import html
from collections.abc import Mapping
from string import Template

import pandas as pd

from dissect.report.claims_section import claims_section
from dissect.report.entry import Entry
from dissect.report.table_a1 import NOTE, beside_the_paper
from dissect.report.titles import PROBING, SIMILARITY

_PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dissect: $experiment</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 72rem; margin: auto;
  padding: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid #ddd; }
th { border-bottom: 2px solid #555; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
svg, img { max-width: 100%; height: auto; }
figure { margin: 1.5rem 0; }
figcaption { font-weight: 600; margin-bottom: .5rem; }
.note { color: #444; font-size: .875rem; max-width: 60rem; }
.claims td { white-space: normal; text-align: left; vertical-align: top; }
.claims th { text-align: left; }
.verdict { white-space: nowrap; font-weight: 600; }
details { font-size: .875rem; color: #444; }
</style>
</head>
<body>
<h1>dissect: $experiment</h1>
<h2>What was found: the paper's claims</h2>
$claims
<h2>Lottery tickets: sparsity and BLEU (Table A1)</h2>
<div class="wide" tabindex="0">$table</div>
<p class="note">$note</p>
<p class="note">Scores: <code>$signature</code></p>
<figure>$figure</figure>
<h2>What probes read off the encoder (section 4)</h2>
$probing
<h2>Similarity of the tickets (section 5)</h2>
$similarity
<h2>Corpus</h2>
<div class="wide" tabindex="0">$corpus</div>
</body>
</html>
""")


def report_page(
    experiment: str,
    claims: pd.DataFrame,
    table: pd.DataFrame,
    corpus: pd.DataFrame,
    figure: str,
    similarity: Mapping[str, tuple[Entry, str]],
    probing: Mapping[str, tuple[Entry, str]],
    probing_tables: Mapping[str, tuple[pd.DataFrame, str]],
    skipped: Mapping[str, str],
) -> str:
    """The page as HTML.

    Args:
        experiment: Name.
        claims: The paper's, judged (tables/claims.csv).
        table: Table A1.
        corpus: Statistics of the corpus.
        figure: BLEU against sparsity, as SVG.
        similarity: Figures of section 5 by name, as SVG.
        probing: Those of section 4; none where nothing was probed.
        probing_tables: By title, each with a note.
        skipped: Probing tasks that were asked for and not probed, and why.
    """
    return _PAGE.substitute(
        experiment=html.escape(experiment),
        claims=claims_section(claims),
        table=beside_the_paper(table).to_html(index=False, border=0),
        note=html.escape(NOTE),
        signature=html.escape(table["signature"].iloc[0]),
        figure=figure[figure.index("<svg") :],
        probing="\n".join(
            [
                *(_table(title, *found) for title, found in probing_tables.items()),
                *(_figure(name, PROBING[name], *found) for name, found in probing.items()),
                _skipped(skipped),
            ]
        ),
        similarity="\n".join(
            _figure(name, SIMILARITY[name], *found) for name, found in similarity.items()
        ),
        corpus=corpus.to_html(index=False, border=0, float_format="%.3f"),
    )


def _table(title: str, table: pd.DataFrame, note: str) -> str:
    body = table.to_html(index=False, border=0, float_format="%.3f", na_rep="")
    return (
        f'<h3>{html.escape(title)}</h3><div class="wide" tabindex="0">{body}</div>'
        f'<p class="note">{html.escape(note)}</p>'
    )


def _skipped(tasks: Mapping[str, str]) -> str:
    if not tasks:
        return ""
    lines = "".join(
        f"<li>{html.escape(task)}: {html.escape(reason)}</li>" for task, reason in tasks.items()
    )
    return f"<p>Tasks that were not probed:</p><ul>{lines}</ul>"


def _figure(name: str, title: str, entry: Entry, svg: str) -> str:
    """An image of its own: the ids in two SVGs of one page would clash."""
    title = html.escape(title)
    if name.startswith("figure_"):
        title = f"Figure {name.removeprefix('figure_').upper()}: {title}"
    data = base64.b64encode(svg.encode()).decode()
    return (
        f'<figure id="{name}"><figcaption>{title}</figcaption>'
        f'<img alt="{title}. Paper: {html.escape(entry.paper)}" '
        f'src="data:image/svg+xml;base64,{data}"></figure>'
    )
