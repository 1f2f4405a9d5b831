"""The rules by which a claim gets its verdict; none of them looks at anything but its arguments.

They were written, with their tests, before any result was looked at.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from ticketscope.report.claims.model import AGREES, DIFFERS, UNDECIDED, Estimate, Verdict
from ticketscope.stats.trends import Trend

# Two-sided p-value from which a trend or a difference counts.
LEVEL = 0.05


def by_interval(estimate: Estimate, sign: int, bar: float = 0.0) -> Verdict:
    """A number against a bar: agrees (differs) if its whole interval is on the side (other side).

    Args:
        estimate: Without an interval, nothing is decided.
        sign: 1 if the claim says above the bar, -1 if below.
        bar: 0 for a difference.
    """
    low, high = sorted((sign * (estimate.low - bar), sign * (estimate.high - bar)))
    if math.isnan(low) or math.isnan(high):
        return UNDECIDED
    return AGREES if low > 0 else DIFFERS if high < 0 else UNDECIDED


def share(cells: Sequence[bool]) -> Estimate:
    """Share of cells in which a claim holds, with its exact 95 % interval (Clopper-Pearson).

    With the bar at one half this is the sign test: `by_interval(share(cells), 1, 0.5)`. It takes
    cells for independent; tickets of one chain are not, so that the interval is, if anything, too
    narrow.
    """
    n, held = len(cells), int(np.sum(cells))
    interval = stats.binomtest(held, n).proportion_ci(0.95, method="exact")
    return Estimate(held / n, float(interval.low), float(interval.high))


def by_trend(change: Estimate, trend: Trend, sign: int, level: float = LEVEL) -> Verdict:
    """A change that goes with sparsity: two conditions, both in the same direction.

    The rank correlation with sparsity over all tickets is significant, and the ticket looked at
    lies on that side of where the series starts; so does the interval, where there is one.

    Args:
        change: The ticket's value minus the start's.
        trend: Spearman's correlation over tickets.
        sign: 1 if the claim says that it rises, -1 if it falls.
        level: Largest p-value of the trend.
    """
    if trend.p >= level or trend.rho * change.value <= 0:
        return UNDECIDED
    if change.low <= 0 <= change.high:
        return UNDECIDED
    return AGREES if sign * trend.rho > 0 else DIFFERS


def by_distance(value: float, expected: float, tolerance: float) -> Verdict:
    """A counted number against the paper's: agrees within the tolerance, differs beyond it."""
    return AGREES if abs(value - expected) <= tolerance else DIFFERS


def by_p_value(value: float, p_values: Sequence[float], sign: int, level: float = LEVEL) -> Verdict:
    """A difference tested elsewhere: significant in every seed, in the claimed direction or not.

    Args:
        value: Mean difference.
        p_values: Two-sided, one a seed.
        sign: The claim's direction.
        level: Largest p-value that counts.
    """
    if not all(p < level for p in p_values) or value == 0:
        return UNDECIDED
    return AGREES if sign * value > 0 else DIFFERS


def by_retention(ratio: float, p_values: Sequence[float], least: float) -> Verdict:
    """A score that is said to be kept.

    Agrees if the ratio reaches `least` and no seed's ticket is significantly below LTH0; differs if
    it does not reach it and every seed's is; anything between is undecided.

    Args:
        ratio: Ticket's over LTH0's score, mean over seeds.
        p_values: Of the paired tests against LTH0, one a seed.
        least: Such as 0.99.
    """
    fallen = [ratio < 1 and p < LEVEL for p in p_values]
    if ratio >= least:
        return UNDECIDED if any(fallen) else AGREES
    return DIFFERS if fallen and all(fallen) else UNDECIDED


def by_class(found: str, claimed: str) -> Verdict:
    """A task that is said to degrade or improve with sparsity (`probing.classes.classify`).

    `invariant` there means that no trend was shown, which decides nothing.
    """
    if found == claimed:
        return AGREES
    return DIFFERS if {found, claimed} == {"degrading", "improving"} else UNDECIDED


def by_equivalence(found: str, difference: Estimate, margin: float) -> Verdict:
    """A task that is said not to change: that no trend is found does not show it.

    Agrees if no trend was found and the whole interval lies within the margin; differs if the task
    degrades or improves.

    Args:
        found: Class of the task.
        difference: Last ticket minus LTH0.
        margin: Largest change that passes for none.
    """
    if found in ("degrading", "improving"):
        return DIFFERS
    inside = -margin < difference.low and difference.high < margin
    return AGREES if found == "invariant" and inside else UNDECIDED


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


def over_seeds(estimates: Sequence[Estimate]) -> Estimate:
    """Mean over seeds, from the smallest low to the largest high: it holds for each seed.

    Values without intervals give the range of the seeds, and one of them no interval.
    """
    values = [e.value for e in estimates]
    ends = [end for e in estimates for end in (e.low, e.high) if not math.isnan(end)]
    if not ends and len(values) > 1:
        ends = values
    bounds = (min(ends), max(ends)) if ends else (math.nan, math.nan)
    return Estimate(float(np.mean(values)), *bounds)
