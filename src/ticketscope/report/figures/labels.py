"""Names beside dots, placed so that they cover neither dots nor each other."""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
# Left, bottom, right and top of a box, in points.
Box = tuple[float, float, float, float]
_FONT = 7  # size of the letters, in points
# Of a letter, as a share of the size of the font.
_WIDTH, _HEIGHT = 0.62, 1.25
_DOT = 4.0  # radius of what is kept free around a dot, in points
_RADII = (6, 12, 20, 30, 42, 56, 72, 90)
_LINE = {"arrowstyle": "-", "color": "#888888", "lw": 0.5, "shrinkA": 0, "shrinkB": 3}
_ANGLES = np.deg2rad([0, 180, 45, 135, 315, 225, 90, 270, 22, 158, 338, 202])


def name_dots(
    axes: Axes, dots: FloatArray, names: Sequence[str], size: tuple[float, float]
) -> None:
    """Write a name beside each dot, with a line to those that are further away.

    Names are placed one by one, those with the nearest neighbours first: at the nearest place that
    is free, else where least is covered.

    Args:
        axes: A panel whose limits are set.
        dots: In the panel's coordinates (names, 2).
        names: Of the dots.
        size: About the panel's width and height, in inches. The true ones are only known when all
            is laid out, and differ from run to run in their last digits.
    """
    panel = 72 * np.array(size)
    limits = np.array([axes.get_xlim(), axes.get_ylim()])
    places = (dots - limits[:, 0]) / (limits[:, 1] - limits[:, 0]) * panel
    taken = [(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places]
    for number in _crowded_first(places):
        box = _free_box(places[number], _size_of(names[number]), taken, panel)
        taken.append(box)
        x, y = places[number]
        side = "left" if box[0] >= x else "right" if box[2] <= x else "center"
        edge = {"left": box[0], "right": box[2], "center": (box[0] + box[2]) / 2}[side]
        far = np.hypot(*_gap(box, places[number])) > _RADII[1]
        axes.annotate(
            names[number],
            dots[number],
            xytext=(round(edge - x, 3), round((box[1] + box[3]) / 2 - y, 3)),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=_FONT,
            color="#222222",
            zorder=4,
            bbox={"boxstyle": "square,pad=0.05", "fc": "white", "alpha": 0.75, "lw": 0},
            arrowprops=_LINE if far else None,
        )


def _crowded_first(places: FloatArray) -> list[int]:
    """Numbers of the dots, those with the nearest neighbours first."""
    if len(places) < 2:
        return list(range(len(places)))
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    nearest = np.sort(apart, axis=1)[:, 1 : 1 + min(4, len(places) - 1)].mean(axis=1)
    return [int(i) for i in np.argsort(nearest.round(3), kind="stable")]


def _size_of(name: str) -> tuple[float, float]:
    return _WIDTH * _FONT * len(name), _HEIGHT * _FONT


def _free_box(
    dot: FloatArray, size: tuple[float, float], taken: Sequence[Box], panel: FloatArray
) -> Box:
    boxes = list(_candidates(dot, size))
    costs = [round(sum(_covered(box, other) for other in taken) + _outside(box, panel), 3)
             for box in boxes]  # fmt: skip
    return boxes[int(np.argmin(costs))]


def _candidates(dot: FloatArray, size: tuple[float, float]) -> Iterator[Box]:
    """Boxes around a dot, the nearest first; each touches a circle around it."""
    width, height = size
    for radius, angle in product(_RADII, _ANGLES):
        x, y = np.cos(angle), np.sin(angle)
        left = dot[0] + radius * x + width * (np.sign(x.round(6)) - 1) / 2
        bottom = dot[1] + radius * y - height / 2 + height / 2 * y
        yield left, bottom, left + width, bottom + height


def _covered(box: Box, other: Box) -> float:
    """Area that two boxes share, in square points."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    return max(width, 0) * max(height, 0)


def _outside(box: Box, panel: FloatArray) -> float:
    """What lies outside of the panel, weighed more than anything covered."""
    beyond = max(-box[0], 0) + max(-box[1], 0) + max(box[2] - panel[0], 0)
    return 1000 * float(beyond + max(box[3] - panel[1], 0))


def _gap(box: Box, dot: FloatArray) -> tuple[float, float]:
    """How far a dot is from a box, along both axes."""
    return (
        max(box[0] - dot[0], dot[0] - box[2], 0),
        max(box[1] - dot[1], dot[1] - box[3], 0),
    )
