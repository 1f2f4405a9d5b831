"""Table A1 on the page, and what it says about BLEU in a sentence."""

from collections.abc import Iterator

import pandas as pd

from ticketscope.report.page.parts import Table
from ticketscope.report.tables.shared import mean_and_sd
from ticketscope.report.tables.table_a1 import OF_SENTENCES, beside_the_paper, each_seed, note

_EXPLANATIONS = {
    "sparsity incl. emb.": "Share of all parameters that are pruned, embeddings counted.",
    "sparsity excl. emb.": "The same without embeddings, which are not pruned.",
    "BLEU [95 %]": "sacrebleu, detokenised; bootstrap over sentences.",
    "BLEU ± sd": "sacrebleu, detokenised; mean and standard deviation over seeds.",
    "minus LTH0 ± sd": "BLEU minus that of LTH0 of the same seed.",
    "p vs LTH0": "Two-sided paired bootstrap against LTH0 of the same seed; sacrebleu's "
    "--paired-bs prints about half.",
    "chrF": "Character n-gram F-score.",
    "epochs seen": "Epochs of training behind the ticket, LTH0's included.",
}


def tables_a1(table: pd.DataFrame, file: str) -> Iterator[Table]:
    """Table A1 beside the paper's, and single seeds if there are several.

    Args:
        table: Table A1, all seeds.
        file: Its address, as a link.
    """
    yield Table("Table A1", beside_the_paper(table), note(table), _EXPLANATIONS, file)
    if table["seed"].nunique() > 1:
        title = "Table A1, each seed"
        yield Table(title, each_seed(table), OF_SENTENCES, _EXPLANATIONS, file, folded=True)


def headline(table: pd.DataFrame) -> str:
    """What happened to BLEU, in a sentence.

    Args:
        table: Table A1, all seeds.
    """
    last = table["k"].max()
    ends = table[(table["k"] == last) & (table["k"] > 0)]
    scores = [
        f"{name} {mean_and_sd(rows['bleu'], '.1f')}"
        for name, rows in ends.groupby("series", sort=False)
    ]
    seeds = table["seed"].nunique()
    counted = f"mean ± standard deviation of {seeds} seeds" if seeds > 1 else "1 seed"
    dense = mean_and_sd(table.loc[table["k"] == 0, "bleu"], ".1f")
    start = f"LTH0 has {dense} BLEU ({counted})"
    if not scores:
        return f"{start}; nothing was pruned."
    pruned = 100 * ends["sparsity_excl"].max()
    return (
        f"{start}. After {last} iteration{'s' if last > 1 else ''}, with {pruned:.1f} % of the "
        f"weights outside embeddings pruned: {', '.join(scores)}."
    )
