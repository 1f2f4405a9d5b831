"""First-order Taylor expansion of the loss (Molchanov et al. 2019, their equation 8)."""

from collections.abc import Mapping

from ticketscope.tickets.masks import FloatArray

NEEDS = ("squared_gradient_product",)


def scores(
    weights: Mapping[str, FloatArray],
    *,
    seed: int,
    k: int,
    squared_gradient_product: Mapping[str, FloatArray],
) -> Mapping[str, FloatArray]:
    """(w g)^2 summed over the calibration batches: how much the loss changes without w, squared."""
    return squared_gradient_product
