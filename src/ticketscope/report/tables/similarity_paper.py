"""Which of the paper's numbers of section 5 stands beside which of ours.

Only LTH0 and tickets of the series `magnitude` that are as sparse as the paper's ticket of the same
number have one. Layers are matched by place: the paper's layer 1 is the first and its layer 6 the
last; a layer in between is matched by number, if the model has it before its last layer.
"""

import math
from typing import Any

import pandas as pd

from ticketscope.plan.paper_tickets import stands_for
from ticketscope.report.paper import paper_values
from ticketscope.report.tables.shared import DENSE

# Number of a ticket, and a layer.
End = tuple[int, int]


class Printed:
    """The paper's numbers; NaN where it gives none, or none that can be compared.

    Args:
        sparsity: tables/sparsity.csv.
    """

    def __init__(self, sparsity: pd.DataFrame) -> None:
        self._values = paper_values("similarity")
        # By measure, module and the two ends in either order.
        self._pairs = {
            (measure, module, frozenset({(k, layer), (other_k, other_layer)})): name
            for name, (measure, module, ends) in paper_values("similarity_places").items()
            for k, layer, other_k, other_layer in ends
        }
        self._categories = _by_place("category_places")
        self._shares = _by_place("concentration_places")
        mean = sparsity.groupby(["series", "k"])["sparsity_excl"].mean()
        self._tickets = {
            (series, k)
            for (series, k), value in mean.items()
            if series in (DENSE, "magnitude") and stands_for(k, value)
        }

    def pair(
        self, measure: str, module: str, last: int, series: str, end: End, other: End
    ) -> float:
        """Similarity of two layers of a model, or of a ticket and its LTH0.

        Args:
            measure: NeuronSim, LayerSim, AttentionSim.
            module: Module of tables/similarity.csv.
            last: Number of the model's last layer.
            series: Series of the ends that are not LTH0.
            end: Of the pair.
            other: The other end.
        """
        if not self._stands(series, end[0]):
            return math.nan
        ends = frozenset((k, _paper_layer(layer, last)) for k, layer in (end, other))
        return self._get(self._pairs.get((measure, module, ends)), series, other[0])

    def rank_80(self, module: str, series: str, k: int) -> float:
        """Singular vectors that explain 80 % of the final layer, uncentred."""
        return self._get(f"svd_k80_{module[:3]}_LTH{k}", series, k)

    def category(self, kind: str, category: str, series: str, k: int) -> float:
        """CKA of LTH8 with LTH0, not debiased."""
        return self._get(self._categories.get((kind, category)) if k == 8 else None, series, k)

    def share(self, module: str, series: str, k: int) -> float:
        """Attention distributions with more than .95 of their mass on one token, in %."""
        return 100 * self._get(self._shares.get((module, k)), series, k)

    def _get(self, name: Any, series: str, k: int) -> float:
        if name not in self._values or not self._stands(series, k):
            return math.nan
        return float(self._values[name])

    def _stands(self, series: str, k: int) -> bool:
        return (series if k else DENSE, k) in self._tickets


def _by_place(section: str) -> dict[tuple[str, str | int], str]:
    return {(kind, place): name for name, (kind, place) in paper_values(section).items()}


def _paper_layer(layer: int, last: int) -> int | None:
    if layer == 1 or 1 < layer < min(last, 6):
        return layer
    return 6 if layer == last else None
