"""Table A1, rendered beside the paper's own numbers."""

import pandas as pd

from ticketscope.report.paper import paper_values, stands_for

HEADERS = {
    "series": "series",
    "ticket": "ticket",
    "seeds": "seeds",
    "sparsity_incl": "sparsity incl. emb.",
    "sparsity_excl": "sparsity excl. emb.",
    "bleu": "BLEU [95 %]",
    "p": "p vs LTH0",
    "bleu_compound_split": "compound-split",
    "chrf": "chrF",
    "epochs_seen": "epochs seen",
    "paper_incl": "paper: incl.",
    "paper_excl": "paper: excl.",
    "paper_bleu": "paper: BLEU",
}


def beside_the_paper(table: pd.DataFrame) -> pd.DataFrame:
    """One row a ticket, as text, seeds averaged, with the paper's values at the same sparsity.

    With several seeds the interval reaches from the lowest to the highest end, so that it holds for
    every seed.
    """
    paper = paper_values("table_a1")
    rows = []
    for (series, k), seeds in table.groupby(["series", "k"], sort=False):
        # Beside a ticket of another sparsity the paper's number would mislead.
        printed = stands_for(k, seeds["sparsity_excl"].mean())
        bleu = paper_bleu(series, k) if printed else None
        misprint = printed and paper["incl_emb_printed"][k] != paper["incl_emb_correct"][k]
        p = seeds["bleu_p_vs_lth0"]
        epochs = seeds["epochs_seen"].iloc[0]
        rows.append(
            {
                "series": series,
                "ticket": f"LTH{k}",
                "seeds": str(len(seeds)),
                "sparsity_incl": f"{seeds['sparsity_incl'].mean():.3f}",
                "sparsity_excl": f"{seeds['sparsity_excl'].mean():.3f}",
                "bleu": f"{seeds['bleu'].mean():.2f} "
                f"[{seeds['bleu_low'].min():.2f}, {seeds['bleu_high'].max():.2f}]",
                "p": "" if p.isna().all() else ", ".join(f"{value:.3f}" for value in p),
                "bleu_compound_split": f"{seeds['bleu_compound_split'].mean():.2f}",
                "chrf": f"{seeds['chrf'].mean():.2f}",
                "epochs_seen": "" if pd.isna(epochs) else str(epochs),
                "paper_incl": f"{paper['incl_emb_correct'][k]:.3f}{'*' if misprint else ''}"
                if printed
                else "",
                "paper_excl": f"{paper['excl_emb'][k]:.3f}" if printed else "",
                "paper_bleu": "" if bleu is None else f"{bleu:.2f}",
            }
        )
    return pd.DataFrame(rows).rename(columns=HEADERS)


def paper_bleu(series: str, k: int) -> float | None:
    """BLEU of the paper's LTHk; None for a series that the paper does not have."""
    columns = {"dense": "bleu_mp", "magnitude": "bleu_mp", "random": "bleu_random"}
    return paper_values("table_a1")[columns[series]][k] if series in columns else None


NOTE = (
    "The paper's columns are Movva & Zhao 2020, Table A1 (Transformer-Big, WMT16 En-De, other data "
    "and size than here: compare shapes, not heights). *Printed as 0.669 there, a misprint: "
    "pruned weights over all weights give 0.699. p is two-sided; sacrebleu's --paired-bs prints "
    "about half of it."
)


def render_markdown(table: pd.DataFrame) -> str:
    """Table A1 as Markdown."""
    shown = beside_the_paper(table)
    lines = ["| " + " | ".join(shown.columns) + " |", "|" + " --- |" * len(shown.columns)]
    lines += ["| " + " | ".join(row) + " |" for row in shown.itertuples(index=False)]
    signature = table["signature"].iloc[0]
    return "\n".join([*lines, "", NOTE, "", f"Scores: `{signature}`", ""])
