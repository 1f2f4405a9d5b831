"""One self-contained HTML page: Table A1, its figure, the corpus."""

import html
from string import Template

import pandas as pd

from dissect.report.table_a1 import NOTE, beside_the_paper

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
svg { max-width: 100%; height: auto; }
.note { color: #444; font-size: .875rem; max-width: 60rem; }
</style>
</head>
<body>
<h1>dissect: $experiment</h1>
<h2>Lottery tickets: sparsity and BLEU (Table A1)</h2>
<div class="wide" tabindex="0">$table</div>
<p class="note">$note</p>
<p class="note">Scores: <code>$signature</code></p>
<figure>$figure</figure>
<h2>Corpus</h2>
<div class="wide" tabindex="0">$corpus</div>
</body>
</html>
""")


def report_page(experiment: str, table: pd.DataFrame, corpus: pd.DataFrame, figure: str) -> str:
    """The page as HTML.

    Args:
        experiment: Name.
        table: Table A1.
        corpus: Statistics of the corpus.
        figure: BLEU against sparsity, as SVG.
    """
    return _PAGE.substitute(
        experiment=html.escape(experiment),
        table=beside_the_paper(table).to_html(index=False, border=0),
        note=html.escape(NOTE),
        signature=html.escape(table["signature"].iloc[0]),
        figure=figure[figure.index("<svg") :],
        corpus=corpus.to_html(index=False, border=0, float_format="%.3f"),
    )
