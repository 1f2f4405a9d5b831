"""Numbers with intervals, and their differences and means."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Estimate:
    """A number and its 95 % interval; the ends are NaN where there is none.

    Attributes:
        value: In the unit of whatever is estimated.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float = math.nan
    high: float = math.nan


def minus(a: Estimate, b: Estimate) -> Estimate:
    """Difference of two estimates, its interval from theirs (MOVER; Zou & Donner 2008).

    It takes their errors for independent. On the same sentences they rise and fall together, so
    that the interval is, if anything, too wide.
    """
    value = a.value - b.value
    below = math.hypot(a.value - a.low, b.high - b.value)
    above = math.hypot(a.high - a.value, b.value - b.low)
    return Estimate(value, value - below, value + above)


def mean(estimates: Sequence[Estimate]) -> Estimate:
    """Mean of estimates on the same sentences; errors taken for equal, which is the widest case."""
    columns = zip(*((e.value, e.low, e.high) for e in estimates), strict=True)
    return Estimate(*(float(np.mean(column)) for column in columns))
