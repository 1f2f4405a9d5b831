"""Table A1 on the page, and what it says about BLEU in a sentence."""

import pandas as pd

from ticketscope.report.page.parts import Table
from ticketscope.report.tables.table_a1 import NOTE, beside_the_paper

_EXPLANATIONS = {
    "sparsity incl. emb.": "Share of all parameters that are pruned, embeddings counted.",
    "sparsity excl. emb.": "The same without embeddings, which are not pruned.",
    "BLEU [95 %]": "sacrebleu, detokenised; bootstrap over sentences.",
    "p vs LTH0": "Two-sided paired bootstrap against LTH0 of the same seed; sacrebleu's "
    "--paired-bs prints about half.",
    "chrF": "Character n-gram F-score.",
    "epochs seen": "Epochs of training behind the ticket, LTH0's included.",
}


def table_a1(table: pd.DataFrame, file: str) -> Table:
    """Table A1 beside the paper's; `file` is its address, as a link."""
    return Table("Table A1", beside_the_paper(table), NOTE, _EXPLANATIONS, file)


def headline(table: pd.DataFrame) -> str:
    """What happened to BLEU, in a sentence.

    Args:
        table: Table A1, all seeds.
    """
    last = table["k"].max()
    dense = table.loc[table["k"] == 0, "bleu"].mean()
    ends = table[(table["k"] == last) & (table["k"] > 0)]
    scores = [
        f"{name} {rows['bleu'].mean():.1f}" for name, rows in ends.groupby("series", sort=False)
    ]
    seeds = table["seed"].nunique()
    start = f"LTH0 has {dense:.1f} BLEU ({seeds} seed{'s' if seeds > 1 else ''})"
    if not scores:
        return f"{start}; nothing was pruned."
    pruned = 100 * ends["sparsity_excl"].max()
    return (
        f"{start}. After {last} iteration{'s' if last > 1 else ''}, with {pruned:.1f} % of the "
        f"weights outside embeddings pruned: {', '.join(scores)}."
    )
