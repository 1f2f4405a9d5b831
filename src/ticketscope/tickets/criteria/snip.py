"""Connection sensitivity (SNIP; Lee, Ajanthan and Torr 2019)."""

from collections.abc import Mapping

from ticketscope.tickets.masks import FloatArray

NEEDS = ("gradient_product",)


def scores(
    weights: Mapping[str, FloatArray],
    *,
    seed: int,
    k: int,
    gradient_product: Mapping[str, FloatArray],
) -> Mapping[str, FloatArray]:
    """|w g| summed over the calibration batches; SNIP has one batch, and the initial weights."""
    return gradient_product
