"""The page's sections that have words of their own."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ticketscope.report.page.parts import Figure, Section, Table
from ticketscope.report.tables.table_a1 import NOTE, beside_the_paper

_TABLE_A1 = {
    "sparsity incl. emb.": "Share of all parameters that are pruned, embeddings counted.",
    "sparsity excl. emb.": "The same without embeddings, which are not pruned.",
    "BLEU [95 %]": "sacrebleu, detokenised; bootstrap over sentences.",
    "p vs LTH0": "Paired bootstrap against LTH0 of the same seed.",
    "chrF": "Character n-gram F-score.",
    "epochs seen": "Epochs of training behind the ticket, LTH0's included.",
}


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


def tickets(
    table: pd.DataFrame, file: str, figures: tuple[Figure, ...], config: Mapping[str, Any]
) -> Section:
    """Sparsity and BLEU (section 3.3, Table A1).

    Args:
        table: Table A1.
        file: Its file, as a link.
        figures: Of it.
        config: The experiment's, as provenance.json has it.
    """
    notes = []
    if config["external_tickets"]["tickets"]:
        notes.append(
            "The tickets were trained elsewhere and taken as they are (external_tickets in the "
            "config below); the config's settings of model, training, pruning and rewinding do not "
            "apply to them."
        )
        if not config["corpus"]["train"]:
            notes.append(
                "Their training text is not available: subword frequencies come from the source "
                "language's dictionary."
            )
    return Section(
        "tickets",
        "Lottery tickets: sparsity and BLEU (3.3, Table A1)",
        "BLEU",
        (*notes, f"Scores: {table['signature'].iloc[0]}"),
        (Table("Table A1", beside_the_paper(table), NOTE, _TABLE_A1, file),),
        figures,
    )


def probing(
    tables: tuple[Table, ...], figures: tuple[Figure, ...], skipped: Mapping[str, str]
) -> Section:
    """What probes decode from the encoder (section 4).

    Args:
        tables: A2, A3 and what else there is.
        figures: None where nothing was probed.
        skipped: Tasks that were asked for and not probed, and why.
    """
    lines = [f"{task} was not probed: {reason}" for task, reason in skipped.items()]
    if not figures:
        lines.append("Nothing was probed.")
    return Section(
        "probing",
        "What probes decode from the encoder (4)",
        "Probing",
        tuple(lines),
        tables,
        figures,
    )
