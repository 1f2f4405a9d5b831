"""BLEU against sparsity: Table A1 as a figure."""

import pandas as pd
from matplotlib import rc_context
from matplotlib.figure import Figure

from dissect.report.entry import Entry
from dissect.report.paper import paper_values
from dissect.report.style import MARKERS, RC, colour


def plot_bleu(table: pd.DataFrame, *, split: str) -> Figure:
    """One line a series from LTH0 on, with 95 % intervals; seeds are averaged.

    The control has nothing pruned; its tickets stand where the pruned ticket with the same epochs
    stands, so that the two can be compared.

    Args:
        table: Table A1.
        split: Name of the text that was translated.
    """
    with rc_context(RC):
        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        axes = figure.subplots()
        dense = _mean(table[table["series"] == "dense"]).iloc[0]
        names = [name for name in table["series"].unique() if name != "dense"]
        place = table.groupby("k")["sparsity_excl"].max()
        axes.axhspan(dense["bleu_low"], dense["bleu_high"], color="#000000", alpha=0.08, lw=0)
        axes.axhline(dense["bleu"], color="#000000", lw=0.8, ls=":", label="LTH0 (dense), 95 %")
        for number, name in enumerate(names):
            rows = pd.concat([dense.to_frame().T, _mean(table[table["series"] == name])])
            rows = rows.astype(float)
            x = 100 * rows["k"].map(place) + 0.5 * (number - (len(names) - 1) / 2)
            axes.errorbar(
                x,
                rows["bleu"],
                yerr=[rows["bleu"] - rows["bleu_low"], rows["bleu_high"] - rows["bleu"]],
                color=colour(name, names),
                marker=MARKERS.get(name, "v"),
                label="control (nothing pruned, same epochs)" if name == "control" else name,
                capsize=2,
                elinewidth=0.9,
            )
        seeds = table["seed"].nunique()
        axes.set_xlabel("sparsity without embeddings (%)")
        axes.set_ylabel(f"BLEU on {split} (sacrebleu, detokenised)")
        ticks = axes.secondary_xaxis("top")
        ticks.set_xticks([100 * place[k] for k in place.index], [str(k) for k in place.index])
        ticks.set_xlabel("ticket LTHk")
        ticks.tick_params(labelsize=8)
        axes.legend(fontsize=9)
        what = f"{seeds} seed" + ("s, mean" if seeds > 1 else "")
        axes.set_title(f"n = {what}; bars: 95 % bootstrap over sentences", fontsize=9)
    return figure


def _mean(rows: pd.DataFrame) -> pd.DataFrame:
    columns = ["k", "bleu", "bleu_low", "bleu_high", "sparsity_excl"]
    return rows.groupby("k", as_index=False)[columns[1:]].mean()[columns]


def entries() -> dict[str, Entry]:
    values = paper_values("table_a1")
    return {"bleu_sparsity": Entry(f"{values['bleu_mp'][0]} dense.", None)}
