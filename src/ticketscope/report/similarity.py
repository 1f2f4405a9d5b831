"""Every figure of section 5: what the paper found there, and how it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ticketscope.report import similarity_figures as draw
from ticketscope.report import similarity_heatmaps as heatmaps
from ticketscope.report import similarity_numbers as numbers
from ticketscope.report.entry import Entry
from ticketscope.report.paper import paper_values


@dataclass(frozen=True)
class Tables:
    """What the figures are drawn from: the experiment's tables of these names."""

    similarity: pd.DataFrame
    spectra: pd.DataFrame
    categories: pd.DataFrame
    attention_concentration: pd.DataFrame
    neuron_maxima: Mapping[str, NDArray[np.float64]]
    sparsity: pd.DataFrame

    @property
    def theirs(self) -> str:
        """What the paper's numbers are of."""
        return "LTH8 of Transformer-Big, WMT16"

    @property
    def last(self) -> int:
        """The ticket that the paper looks at most closely, LTH8, or the last one before it."""
        there = [int(k) for k in self.spectra["k"].unique()]
        return max([k for k in there if 0 < k <= 8] or there)

    @property
    def even(self) -> list[int]:
        """Those of the full heatmaps: LTH0, 2, 4, 6, 8, as far as they are there."""
        return sorted(int(k) for k in self.spectra["k"].unique() if k <= self.last and k % 2 == 0)


def _by_ticket(measure: str) -> Callable[[Tables], pd.DataFrame]:
    compared = [(measure, module) for module in numbers.STATES]
    return lambda t: numbers.with_lth0(t.similarity, t.sparsity, compared)


def _sparse_dense(measure: str, *modules: str) -> Callable[[Tables], pd.DataFrame]:
    return lambda t: numbers.layers_by_layers(
        t.similarity, t.sparsity, measure, modules, [0, t.last]
    )


def _full(measure: str, *modules: str) -> Callable[[Tables], pd.DataFrame]:
    return lambda t: numbers.layers_by_layers(t.similarity, t.sparsity, measure, modules, t.even)


def entries() -> dict[str, Entry[Tables]]:
    """All figures by file name, in the order of their titles."""
    v = paper_values("similarity")
    layer, attention = "LayerSim", "AttentionSim"
    return {
        "figure_4": Entry(
            f"decoder layer 1 {v['neuronsim_dec_l1_LTH0_LTH8']}, layer 6 "
            f"{v['neuronsim_dec_l6_LTH0_LTH8']}; it falls with sparsity, faster in higher layers.",
            _by_ticket("NeuronSim"),
            heatmaps.layers_by_ticket,
        ),
        "figure_5": Entry(
            f"layers 2 and 6: {v['layersim_enc_dense2_dense6']} dense, "
            f"{v['layersim_enc_sparse2_sparse6']} sparse.",
            _sparse_dense(layer, "encoder"),
            heatmaps.layers_by_layers,
        ),
        "figure_6": Entry(
            f"close to 1 but in layer 1 ({v['attnsim_encself_l1_LTH0_LTH8']}); layer 1 to later "
            f"ones {v['attnsim_encself_l1_to_later_dense']} dense, "
            f"{v['attnsim_encself_l1_to_later_sparse']} sparse.",
            _sparse_dense(attention, "enc_self"),
            heatmaps.layers_by_layers,
        ),
        "figure_a4": Entry(
            f"all neurons drift, none drop out; the best is the same neuron in "
            f"{100 * v['same_neuron_rate']:.1f} % of cases.",
            lambda t: numbers.neuron_curves(t.neuron_maxima),
            draw.neuron_maxima,
        ),
        "figure_a5": Entry(
            "it falls with sparsity, most in higher layers; decoder layer 6 stays above layer 5.",
            _by_ticket(layer),
            heatmaps.layers_by_ticket,
        ),
        "figure_a6": Entry(
            f"layers 4 and 6: {v['layersim_dec_dense4_dense6']} dense, "
            f"{v['layersim_dec_sparse4_sparse6']} sparse; dense 6 with dense 2 "
            f"{v['layersim_dec_dense2_dense6']}, with sparse 2 {v['layersim_dec_sparse2_dense6']}.",
            _sparse_dense(layer, "decoder"),
            heatmaps.layers_by_layers,
        ),
        "figure_a7": Entry(
            f"80 % take {v['svd_k80_enc_LTH0']} vectors dense, {v['svd_k80_enc_LTH8']} sparse in "
            f"the encoder; {v['svd_k80_dec_LTH0']}, {v['svd_k80_dec_LTH8']} in the decoder.",
            lambda t: numbers.spectra(t.spectra, t.sparsity),
            draw.spectra,
        ),
        "figure_a8": Entry(
            f"between layers of enc-dec {v['attnsim_encdec_offdiag_LTH0']} dense, "
            f"{v['attnsim_encdec_offdiag_LTH8']} sparse; dec-self sparse to dense "
            f"{v['attnsim_decself_LTH0_LTH8']}.",
            _sparse_dense(attention, "enc_dec", "dec_self"),
            heatmaps.layers_by_layers,
        ),
        "figure_a9": Entry(
            "early and late layers grow alike with sparsity.",
            _full(layer, "encoder", "decoder"),
            heatmaps.layers_by_layers,
        ),
        "figure_a10": Entry(
            "self-attention stays alike; enc-dec layers differ more.",
            _full(attention, "enc_self", "enc_dec"),
            heatmaps.layers_by_layers,
        ),
        "figure_a11": Entry(
            "nearly the same in all layers.",
            _full(attention, "dec_self"),
            heatmaps.layers_by_layers,
        ),
        "similarity_baseline": Entry(
            "no baseline: each number is of one training, and what two trainings share anyway is "
            "not known.",
            lambda t: numbers.with_lth0(
                t.similarity[t.similarity["layer"] > 0], t.sparsity, numbers.COMPARED
            ),
            draw.baseline,
        ),
        "categories": Entry(
            f"ranks 100 to 500 {v['cka_mid_frequency_rank_100_500']}, 0 to 5 "
            f"{v['cka_rank_0_5']}, from 2500 {v['cka_rank_2500_up']}; CC "
            f"{v['cka_pos_coordinating_conjunction']}, JJS {v['cka_pos_superlative_adjective']}, "
            f"proper nouns {v['cka_pos_proper_noun']}, RP {v['cka_pos_particle']}, POS "
            f"{v['cka_pos_possessive_ending']}, period {v['cka_pos_period']} (biased).",
            lambda t: numbers.categories(t.categories, t.sparsity, t.last),
            draw.categories,
        ),
        "attention_concentration": Entry(
            f"dec-self {100 * v['share_over_0.95_decself_LTH0']:.0f} % dense, "
            f"{100 * v['share_over_0.95_decself_LTH8']:.0f} % sparse; enc-self "
            f"{100 * v['share_over_0.95_encself']:.0f} %, enc-dec "
            f"{100 * v['share_over_0.95_encdec']:.0f} %.",
            lambda t: numbers.concentration(t.attention_concentration, t.sparsity),
            draw.concentration,
        ),
    }
