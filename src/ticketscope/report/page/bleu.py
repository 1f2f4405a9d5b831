"""Table A1 on the page, and what it says about BLEU in a sentence."""

from collections.abc import Iterator

import pandas as pd

from ticketscope.report.page.parts import Table
from ticketscope.report.tables.further_tests import bleu_of_all_texts
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

_OF_TEXTS = (
    "LTH0 translates some texts better than others, so % kept is BLEU as a share of that of LTH0 "
    "of the same seed. Means ± standard deviation (n - 1) if there are several seeds. The other "
    "sections are about the first text."
)

_OF_COMET = (
    "Mean over the sentences of Table A1, by the model of the config (scoring.comet). Means ± "
    "standard deviation (n - 1) if there are several seeds."
)


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


def further_tests(table: pd.DataFrame, further: pd.DataFrame, split: str, file: str) -> Table:
    """BLEU of every test text side by side: a row a ticket.

    Args:
        table: Table A1, all seeds.
        further: The same of the further test texts, with their names in `split`.
        split: Name of Table A1's text.
        file: Address of `further`, as a link.
    """
    frame = bleu_of_all_texts(table, further, split)
    return Table("BLEU of all test texts", frame, _OF_TEXTS, file=file, folded=True)


def comet(table: pd.DataFrame, file: str) -> Table:
    """COMET of every ticket, and its difference from LTH0 of the same seed: a row a ticket.

    Args:
        table: tables/comet.csv.
        file: Its address, as a link.
    """
    dense = table[table["k"] == 0].set_index("seed")["comet"]
    table = table.assign(change=table["comet"] - dense.loc[table["seed"]].to_numpy())
    rows = [
        {"series": series, "ticket": ticket}
        | {"COMET": mean_and_sd(part["comet"], ".4f")}
        | {"minus LTH0": mean_and_sd(part["change"], "+.4f") if k else ""}
        for (series, ticket, k), part in table.groupby(["series", "ticket", "k"], sort=False)
    ]
    return Table("COMET", pd.DataFrame(rows), _OF_COMET, file=file, folded=True)


def headline(table: pd.DataFrame) -> str:
    """What happened to BLEU, in a sentence.

    Args:
        table: Table A1, all seeds.
    """
    last = table["k"].max()
    ends = table[(table["k"] == last) & (table["k"] > 0)]
    scores = [
        f"{name} {mean_and_sd(rows['bleu'], '.1f')}"
        + ("" if rows["sparsity_excl"].any() else " (nothing pruned)")
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
