"""The axis of sparsity: linear, or by what is left of the weights where tickets are many.

A constant rate of pruning leaves a constant share of the weights, so that late tickets crowd at the
end of a linear axis: of twenty iterations at 20 %, ten lie between 91 and 99 %.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

# Sparsity in %, up to which the axis is linear.
LINEAR_TO = 90
_TICKS = (0, 50, 80, 90, 95, 98, 99, 99.5, 99.8, 99.9)
_LEAST_LEFT = 1e-4  # share of the weights


def scale_sparsity(axes: Axes, percent: Any, *, y: bool = False) -> None:
    """Scale a panel's axis for these sparsities, and all panels that share it.

    Args:
        axes: The panel.
        percent: Sparsities in %.
        y: Whether they are on the y axis as well.
    """
    if not _is_spread(percent) or axes.get_xscale() == "function":
        return
    functions = (_decades_pruned, _sparsity)
    axes.set_xscale("function", functions=functions)
    if y:
        axes.set_yscale("function", functions=functions)
    for axis in [axes.xaxis, axes.yaxis] if y else [axes.xaxis]:
        axis.set_major_locator(FixedLocator(_TICKS))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def beside(percent: Any, shift: float, all_percent: Any) -> Any:
    """Places beside sparsities, a little less or more of the axis.

    Args:
        percent: Sparsities in %.
        shift: In % of the axis, about.
        all_percent: All sparsities on the axis, as `scale_sparsity` has them.
    """
    if not _is_spread(all_percent):
        return percent + shift
    by = shift / 100 * _decades_pruned(np.max(all_percent))
    return _sparsity(_decades_pruned(percent) + by)


def without_overlap(axes: Axes, percent: Any, least: float) -> list[bool]:
    """Which of some sparsities may have a label, from the last one on.

    Args:
        axes: A panel whose limits are set.
        percent: Sparsities in %, in their order.
        least: Share of the axis between two labels.
    """
    pixels = axes.transData.transform([(place, 0) for place in percent])[:, 0]
    places = (pixels - axes.bbox.x0) / axes.bbox.width
    shown: list[bool] = []
    before = np.inf
    for place in places[::-1]:
        shown.append(bool(before - place >= least))
        before = place if shown[-1] else before
    return shown[::-1]


def _is_spread(percent: Any) -> bool:
    return bool(np.nanmax(np.asarray(percent, float), initial=0) > LINEAR_TO)


def _decades_pruned(percent: Any) -> Any:
    return -np.log10(np.maximum(1 - np.asarray(percent, float) / 100, _LEAST_LEFT))


def _sparsity(decades: Any) -> Any:
    return 100 * (1 - 10 ** -np.asarray(decades, float))
