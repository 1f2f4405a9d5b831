"""Every figure of section 3.4: what the paper found there, and how it is drawn."""

from dataclasses import dataclass

import pandas as pd

from ticketscope.report import sparsity_figures as draw
from ticketscope.report import sparsity_numbers as numbers
from ticketscope.report.entry import Entry
from ticketscope.report.paper import paper_values


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: module_sparsity.csv and sparsity.csv."""

    modules: pd.DataFrame
    sparsity: pd.DataFrame

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of."""
        return "Transformer-Big, WMT16"


def entries() -> dict[str, Entry[Tables]]:
    """All figures by file name, in the order of their titles."""
    v = paper_values("sparsity")
    attention = ("encoder self-attention", "encoder-decoder attention", "decoder self-attention")
    return {
        "figure_a1": Entry(
            "later layers are sparser on both sides; decoder layer 6 by as much as "
            f"{100 * v['fc_dec_l6_over_l1']:.0f} % over layer 1.",
            lambda t: numbers.layer_sparsities(t.modules, t.sparsity, ("encoder FC", "decoder FC")),
            draw.by_layer,
        ),
        "figure_a2": Entry(
            "self-attention is pruned most in layer 1, above all in tickets of low sparsity, then "
            "in layer 6; encoder-decoder attention least, "
            f"{100 * v['encdec_at_79_percent']:.0f} % where 79 % of all is, a little less in late "
            "layers.",
            lambda t: numbers.layer_sparsities(t.modules, t.sparsity, attention),
            draw.by_layer,
        ),
        "sparsity_heatmap": Entry(
            "in all kinds of attention, value and output projections (v, o) are "
            f"{100 * v['vo_over_qk']:.0f} % sparser than query and key projections (q, k).",
            lambda t: numbers.module_sparsities(t.modules, t.sparsity),
            draw.heatmap,
        ),
    }
