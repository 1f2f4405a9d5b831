"""Table A1, rendered beside the paper's own numbers."""

import pandas as pd

from ticketscope.plan.paper_tickets import stands_for
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.shared import mean_and_sd

HEADERS = {
    "series": "series",
    "ticket": "ticket",
    "seed": "seed",
    "seeds": "seeds",
    "sparsity_incl": "sparsity incl. emb.",
    "sparsity_excl": "sparsity excl. emb.",
    "bleu": "BLEU [95 %]",
    "mean_bleu": "BLEU ± sd",
    "p": "p vs LTH0",
    "change": "minus LTH0 ± sd",
    "bleu_compound_split": "compound-split",
    "chrf": "chrF",
    "epochs_seen": "epochs seen",
    "paper_incl": "paper: incl.",
    "paper_excl": "paper: excl.",
    "paper_bleu": "paper: BLEU",
}
NOTE = (
    "The paper's columns are Movva & Zhao 2020, Table A1 (Transformer-Big, WMT16 En-De, other data "
    "and size than here: compare shapes, not heights). *Printed as 0.669 there, a misprint: "
    "pruned weights over all weights give 0.699."
)
OF_SEEDS = (
    "Means ± standard deviation (n - 1) over seeds; the difference from LTH0 is taken within each "
    "seed."
)
OF_SENTENCES = (
    "Brackets: 95 % bootstrap over sentences. p is two-sided; sacrebleu's --paired-bs prints about "
    "half of it."
)


def note(table: pd.DataFrame) -> str:
    """What stands below the table of `beside_the_paper`."""
    return f"{OF_SEEDS if table['seed'].nunique() > 1 else OF_SENTENCES} {NOTE}"


def beside_the_paper(table: pd.DataFrame) -> pd.DataFrame:
    """One row a ticket, as text, with the paper's values at the same sparsity.

    Several seeds are shown as mean and standard deviation over them; one seed with its interval
    over sentences.
    """
    paper = paper_values("table_a1")
    dense = table[table["k"] == 0].set_index("seed")["bleu"]
    several = table["seed"].nunique() > 1
    rows = []
    for (series, k), seeds in table.groupby(["series", "k"], sort=False):
        # Beside a ticket of another sparsity the paper's number would mislead.
        printed = stands_for(k, seeds["sparsity_excl"].mean())
        bleu = paper_bleu(series, k) if printed else None
        misprint = printed and paper["incl_emb_printed"][k] != paper["incl_emb_correct"][k]
        rows.append(
            {"series": series, "ticket": f"LTH{k}", "seeds": str(len(seeds))}
            | (_mean(seeds, dense) if several else _of_seed(seeds.iloc[0]))
            | {
                "paper_incl": f"{paper['incl_emb_correct'][k]:.3f}{'*' if misprint else ''}"
                if printed
                else "",
                "paper_excl": f"{paper['excl_emb'][k]:.3f}" if printed else "",
                "paper_bleu": "" if bleu is None else f"{bleu:.2f}",
            }
        )
    return pd.DataFrame(rows).rename(columns=HEADERS)


def each_seed(table: pd.DataFrame) -> pd.DataFrame:
    """One row a seed and ticket, as text, with the interval over sentences."""
    rows = [
        {name: str(row[name]) for name in ("series", "ticket", "seed")} | _of_seed(row)
        for _, seeds in table.groupby(["series", "k"], sort=False)
        for _, row in seeds.iterrows()
    ]
    return pd.DataFrame(rows).rename(columns=HEADERS)


def _of_seed(row: pd.Series) -> dict[str, str]:
    p = row["bleu_p_vs_lth0"]
    return {
        "sparsity_incl": f"{row['sparsity_incl']:.3f}",
        "sparsity_excl": f"{row['sparsity_excl']:.3f}",
        "bleu": f"{row['bleu']:.2f} [{row['bleu_low']:.2f}, {row['bleu_high']:.2f}]",
        "p": "" if pd.isna(p) else f"{p:.3f}",
        "bleu_compound_split": f"{row['bleu_compound_split']:.2f}",
        "chrf": f"{row['chrf']:.2f}",
        "epochs_seen": _epochs(row["epochs_seen"]),
    }


def _mean(seeds: pd.DataFrame, dense: pd.Series) -> dict[str, str]:
    """`dense` is LTH0's BLEU by seed."""
    change = seeds.set_index("seed")["bleu"] - dense
    return {
        "sparsity_incl": f"{seeds['sparsity_incl'].mean():.3f}",
        "sparsity_excl": f"{seeds['sparsity_excl'].mean():.3f}",
        "mean_bleu": mean_and_sd(seeds["bleu"]),
        "change": mean_and_sd(change, "+.2f") if seeds["k"].any() else "",
        "bleu_compound_split": mean_and_sd(seeds["bleu_compound_split"]),
        "chrf": mean_and_sd(seeds["chrf"]),
        "epochs_seen": _epochs(seeds["epochs_seen"].iloc[0]),
    }


def _epochs(epochs: float) -> str:
    return "" if pd.isna(epochs) else f"{epochs:.0f}"


def paper_bleu(series: str, k: int) -> float | None:
    """BLEU of the paper's LTHk; None for a series or a ticket that the paper does not have."""
    columns = {"dense": "bleu_mp", "magnitude": "bleu_mp", "random": "bleu_random"}
    printed = paper_values("table_a1")[columns[series]] if series in columns else []
    return printed[k] if k < len(printed) else None


def render_markdown(table: pd.DataFrame) -> str:
    """Table A1 as Markdown."""
    shown = beside_the_paper(table)
    lines = ["| " + " | ".join(shown.columns) + " |", "|" + " --- |" * len(shown.columns)]
    lines += ["| " + " | ".join(row) + " |" for row in shown.itertuples(index=False)]
    signature = table["signature"].iloc[0]
    return "\n".join([*lines, "", note(table), "", f"Scores: `{signature}`", ""])
