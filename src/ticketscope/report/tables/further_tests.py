"""BLEU of every test text side by side."""

import pandas as pd

from ticketscope.report.tables.shared import mean_and_sd


def bleu_of_all_texts(table: pd.DataFrame, further: pd.DataFrame, split: str) -> pd.DataFrame:
    """BLEU, and its share of LTH0's in percent: a row a ticket, two columns a text.

    A seed whose LTH0 has no BLEU on a text has no share of it.

    Args:
        table: Table A1, all seeds.
        further: The same of the further test texts, with their names in `split`.
        split: Name of Table A1's text.
    """
    texts = {split: table} | dict(list(further.groupby("split", sort=False)))
    scores = pd.concat(texts, names=["text"]).reset_index("text")
    dense = scores[scores["k"] == 0].set_index(["text", "seed"])["bleu"]
    dense = dense.where(dense > 0)
    of_dense = dense.loc[pd.MultiIndex.from_frame(scores[["text", "seed"]])].to_numpy()
    scores = scores.assign(kept=100 * scores["bleu"] / of_dense)
    rows = []
    for (series, ticket), of_ticket in scores.groupby(["series", "ticket"], sort=False):
        row = {"series": series, "ticket": ticket}
        for name in texts:
            of_text = of_ticket[of_ticket["text"] == name]
            row[f"{name}: BLEU"] = mean_and_sd(of_text["bleu"], ".1f")
            row[f"{name}: % kept"] = mean_and_sd(of_text["kept"], ".1f")
        rows.append(row)
    return pd.DataFrame(rows)
