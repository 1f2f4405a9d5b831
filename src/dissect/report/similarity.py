"""Every figure of section 5: what the paper found there, and how it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dissect.report import similarity_figures as draw
from dissect.report.entry import Entry
from dissect.report.paper import paper_values


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names."""

    similarity: pd.DataFrame
    spectra: pd.DataFrame
    categories: pd.DataFrame
    attention_concentration: pd.DataFrame
    neuron_maxima: Mapping[str, NDArray[np.float64]]

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of."""
        return "LTH8 of Transformer-Big, WMT16"

    @property
    def last(self) -> int:
        """The ticket that the paper looks at most closely, LTH8, or the last one before it."""
        return min(8, int(self.spectra["k"].max()))

    @property
    def even(self) -> list[int]:
        """Those of the full heatmaps: LTH0, 2, 4, 6, 8."""
        return list(range(0, self.last + 1, 2))


def _by_ticket(tables: Tables, paper: str, *, measure: str) -> Figure:
    return draw.layers_by_ticket(tables.similarity, measure, paper)


def _sparse_dense(tables: Tables, paper: str, *, measure: str, modules: tuple[str, ...]) -> Figure:
    return draw.layers_by_layers(tables.similarity, measure, modules, [0, tables.last], paper)


def _full(tables: Tables, paper: str, *, measure: str, modules: tuple[str, ...]) -> Figure:
    return draw.layers_by_layers(tables.similarity, measure, modules, tables.even, paper)


def entries() -> dict[str, Entry[Tables]]:
    """All figures by file name, in the order of their titles."""
    v = paper_values("similarity")
    layer, attention = "LayerSim", "AttentionSim"
    return {
        "figure_4": Entry(
            f"decoder layer 1 {v['neuronsim_dec_l1_LTH0_LTH8']}, layer 6 "
            f"{v['neuronsim_dec_l6_LTH0_LTH8']}; it falls with sparsity, faster in higher layers.",
            partial(_by_ticket, measure="NeuronSim"),
        ),
        "figure_5": Entry(
            f"layers 2 and 6: {v['layersim_enc_dense2_dense6']} dense, "
            f"{v['layersim_enc_sparse2_sparse6']} sparse.",
            partial(_sparse_dense, measure=layer, modules=("encoder",)),
        ),
        "figure_6": Entry(
            f"close to 1 but in layer 1 ({v['attnsim_encself_l1_LTH0_LTH8']}); layer 1 to later "
            f"ones {v['attnsim_encself_l1_to_later_dense']} dense, "
            f"{v['attnsim_encself_l1_to_later_sparse']} sparse.",
            partial(_sparse_dense, measure=attention, modules=("enc_self",)),
        ),
        "figure_a4": Entry(
            f"all neurons drift, none drop out; the best is the same neuron in "
            f"{100 * v['same_neuron_rate']:.1f} % of cases.",
            lambda tables, paper: draw.neuron_maxima(tables.neuron_maxima, paper),
        ),
        "figure_a5": Entry(
            "it falls with sparsity, most in higher layers; decoder layer 6 stays above layer 5.",
            partial(_by_ticket, measure=layer),
        ),
        "figure_a6": Entry(
            f"layers 4 and 6: {v['layersim_dec_dense4_dense6']} dense, "
            f"{v['layersim_dec_sparse4_sparse6']} sparse; dense 6 with dense 2 "
            f"{v['layersim_dec_dense2_dense6']}, with sparse 2 {v['layersim_dec_sparse2_dense6']}.",
            partial(_sparse_dense, measure=layer, modules=("decoder",)),
        ),
        "figure_a7": Entry(
            f"80 % take {v['svd_k80_enc_LTH0']} vectors dense, {v['svd_k80_enc_LTH8']} sparse in "
            f"the encoder; {v['svd_k80_dec_LTH0']}, {v['svd_k80_dec_LTH8']} in the decoder.",
            lambda tables, paper: draw.spectra(tables.spectra, paper),
        ),
        "figure_a8": Entry(
            f"between layers of enc-dec {v['attnsim_encdec_offdiag_LTH0']} dense, "
            f"{v['attnsim_encdec_offdiag_LTH8']} sparse; dec-self sparse to dense "
            f"{v['attnsim_decself_LTH0_LTH8']}.",
            partial(_sparse_dense, measure=attention, modules=("enc_dec", "dec_self")),
        ),
        "figure_a9": Entry(
            "early and late layers grow alike with sparsity.",
            partial(_full, measure=layer, modules=("encoder", "decoder")),
        ),
        "figure_a10": Entry(
            "self-attention stays alike; enc-dec layers differ more.",
            partial(_full, measure=attention, modules=("enc_self", "enc_dec")),
        ),
        "figure_a11": Entry(
            "nearly the same in all layers.",
            partial(_full, measure=attention, modules=("dec_self",)),
        ),
        "categories": Entry(
            f"ranks 100 to 500 {v['cka_mid_frequency_rank_100_500']}, 0 to 5 "
            f"{v['cka_rank_0_5']}, from 2500 {v['cka_rank_2500_up']}; CC "
            f"{v['cka_pos_coordinating_conjunction']}, JJS {v['cka_pos_superlative_adjective']}, "
            f"proper nouns {v['cka_pos_proper_noun']}, RP {v['cka_pos_particle']}, POS "
            f"{v['cka_pos_possessive_ending']}, period {v['cka_pos_period']} (biased).",
            lambda tables, paper: draw.categories(tables.categories, tables.last, paper),
        ),
        "attention_concentration": Entry(
            f"dec-self {100 * v['share_over_0.95_decself_LTH0']:.0f} % dense, "
            f"{100 * v['share_over_0.95_decself_LTH8']:.0f} % sparse; enc-self "
            f"{100 * v['share_over_0.95_encself']:.0f} %, enc-dec "
            f"{100 * v['share_over_0.95_encdec']:.0f} %.",
            lambda tables, paper: draw.concentration(tables.attention_concentration, paper),
        ),
    }
