"""Which of the paper's numbers of section 5 stands beside which of ours.

Only beside LTH0 and tickets of the series `magnitude` that have the sparsity of the paper's ticket
of their number. Layers go by place: the paper's layer 1 is the first, its layer 6 the last, and one
between is the layer of its number, where a model has that before its last.
"""

import math
from itertools import combinations

import pandas as pd

from ticketscope.report.frames import DENSE
from ticketscope.report.paper import paper_values, stands_for

# By measure, module, and the two ends of a pair, each (k, layer).
_PAIRS: dict[tuple[str, str, tuple[int, int | None], tuple[int, int | None]], str] = {
    ("NeuronSim", "decoder", (8, 1), (0, 1)): "neuronsim_dec_l1_LTH0_LTH8",
    ("NeuronSim", "decoder", (8, 6), (0, 6)): "neuronsim_dec_l6_LTH0_LTH8",
    ("LayerSim", "encoder", (0, 2), (0, 6)): "layersim_enc_dense2_dense6",
    ("LayerSim", "encoder", (8, 2), (8, 6)): "layersim_enc_sparse2_sparse6",
    ("LayerSim", "decoder", (0, 4), (0, 6)): "layersim_dec_dense4_dense6",
    ("LayerSim", "decoder", (8, 4), (8, 6)): "layersim_dec_sparse4_sparse6",
    ("LayerSim", "decoder", (0, 2), (0, 6)): "layersim_dec_dense2_dense6",
    ("LayerSim", "decoder", (8, 2), (0, 6)): "layersim_dec_sparse2_dense6",
    ("AttentionSim", "enc_self", (8, 1), (0, 1)): "attnsim_encself_l1_LTH0_LTH8",
}
# Means over several pairs stand beside each of them.
for _layer in range(2, 7):
    _PAIRS["AttentionSim", "enc_self", (0, 1), (0, _layer)] = "attnsim_encself_l1_to_later_dense"
    _PAIRS["AttentionSim", "enc_self", (8, 1), (8, _layer)] = "attnsim_encself_l1_to_later_sparse"
for _layer in range(1, 7):
    _PAIRS["AttentionSim", "dec_self", (8, _layer), (0, _layer)] = "attnsim_decself_LTH0_LTH8"
for _k in (0, 8):
    for _a, _b in combinations(range(1, 7), 2):
        _PAIRS["AttentionSim", "enc_dec", (_k, _a), (_k, _b)] = f"attnsim_encdec_offdiag_LTH{_k}"

_CATEGORIES = {
    ("frequency", "100-500"): "cka_mid_frequency_rank_100_500",
    ("frequency", "0-5"): "cka_rank_0_5",
    ("frequency", "2500+"): "cka_rank_2500_up",
    ("pos", "CC"): "cka_pos_coordinating_conjunction",
    ("pos", "JJS"): "cka_pos_superlative_adjective",
    ("pos", "NNP"): "cka_pos_proper_noun",
    ("pos", "RP"): "cka_pos_particle",
    ("pos", "POS"): "cka_pos_possessive_ending",
    ("pos", "."): "cka_pos_period",
    ("semtag", "CON"): "cka_semtag_concept",
}
_SHARES = {
    ("dec_self", 0): "share_over_0.95_decself_LTH0",
    ("dec_self", 8): "share_over_0.95_decself_LTH8",
    ("enc_self", 8): "share_over_0.95_encself",
    ("enc_dec", 8): "share_over_0.95_encdec",
}
# Number of a ticket and a layer.
End = tuple[int, int]


class Printed:
    """The paper's numbers; NaN where it gives none, or none that can be compared.

    Args:
        sparsity: tables/sparsity.csv.
    """

    def __init__(self, sparsity: pd.DataFrame) -> None:
        self._values = paper_values("similarity")
        mean = sparsity.groupby(["series", "k"])["sparsity_excl"].mean()
        self._tickets = {
            (series, k)
            for (series, k), value in mean.items()
            if series in (DENSE, "magnitude") and stands_for(k, value)
        }

    def pair(
        self, measure: str, module: str, last: int, series: str, one: End, other: End
    ) -> float:
        """Similarity of two layers of a model, or of a ticket and its LTH0.

        Args:
            measure: NeuronSim, LayerSim, AttentionSim.
            module: Of tables/similarity.csv.
            last: Number of the model's last layer.
            series: Of the ends that are not LTH0.
            one: An end.
            other: The other.
        """
        if not all(self._stands(series, k) for k, _ in (one, other)):
            return math.nan
        theirs = [(k, _paper_layer(layer, last)) for k, layer in (one, other)]
        for first, second in (theirs, theirs[::-1]):
            name = _PAIRS.get((measure, module, first, second))
            if name:
                return float(self._values[name])
        return math.nan

    def rank_80(self, module: str, series: str, k: int) -> float:
        """Singular vectors that explain 80 % of the final layer, uncentred."""
        return self._get(f"svd_k80_{module[:3]}_LTH{k}", series, k)

    def category(self, kind: str, category: str, series: str, k: int) -> float:
        """CKA of LTH8 with LTH0, not debiased."""
        name = _CATEGORIES.get((kind, category), "") if k == 8 else ""
        return self._get(name, series, k)

    def share(self, module: str, series: str, k: int) -> float:
        """Attention distributions with more than .95 of their mass on one token, in %."""
        return 100 * self._get(_SHARES.get((module, k), ""), series, k)

    def _get(self, name: str, series: str, k: int) -> float:
        known = name in self._values and self._stands(series, k)
        return float(self._values[name]) if known else math.nan

    def _stands(self, series: str, k: int) -> bool:
        return (series if k else DENSE, k) in self._tickets


def _paper_layer(layer: int, last: int) -> int | None:
    if layer == 1 or 1 < layer < min(last, 6):
        return layer
    return 6 if layer == last else None
