"""The three tests of most claims: a trend, a difference with an interval, a share.

Each also computes the statistic in the control (same epochs, nothing pruned) or the random
baseline, and its note says what that explains. The verdict is about the claim as the paper tests
it, against LTH0.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.report.claims.experiment import (
    CONTROL,
    MAGNITUDE,
    RANDOM,
    Experiment,
    NotMeasurable,
)
from ticketscope.report.claims.model import AGREES, Estimate, Finding
from ticketscope.report.claims.rules import by_interval, by_trend, over_seeds, share
from ticketscope.stats.trends import trend

# Of a series: a value for each ticket (index k) and seed (columns).
Values = Callable[[str], pd.DataFrame]
# Of a series and a ticket: an estimate for each seed.
Estimates = Callable[[str, int], Sequence[Estimate]]
# Of a series: whether the claim holds, in each cell.
Cells = Callable[[str], Sequence[bool]]

HOW_TREND = (
    "Agrees (differs) if both the difference and Spearman's correlation with sparsity over all "
    "tickets (p < .05 by permutation) have the claimed (opposite) direction. Interval: range over "
    "seeds."
)
HOW_INTERVAL = "Agrees (differs) if the whole interval is on the claimed (opposite) side."
HOW_SHARE = (
    "Agrees (differs) if the exact 95 % interval of the share (Clopper-Pearson; cells are assumed "
    "independent) lies above (below)"
)
ONE_SEED = "One seed: the variation between trainings is unknown."
NO_CONTROL = "No control series: effects of sparsity and of more epochs cannot be separated."
NO_RANDOM = "No random series to compare with."
# How notes call the series that a finding is compared with, and what such a series shows.
WHO = {CONTROL: "The control (same epochs, nothing pruned)", RANDOM: "The random series"}
OTHERS = {
    CONTROL: ("the control", "further training"),
    RANDOM: ("random pruning", "any pruning"),
}
# Part of an effect from which another series is said to explain some of it.
LITTLE = 0.1


def trend_finding(
    experiment: Experiment,
    values: Values,
    sign: int,
    paper_k: int,
    *,
    other: str = CONTROL,
    unrelated: Callable[[], float] | None = None,
) -> Finding:
    """A value that rises or falls with sparsity; measured: the ticket's minus the first one's.

    Args:
        experiment: Whose.
        values: The value.
        sign: 1 if it is said to rise, -1 to fall.
        paper_k: The paper's ticket.
        other: Series that is asked as well: the control or the random baseline.
        unrelated: The value of two LTH0s of different seeds, where it compares two models; else the
            seeds' LTH0s tell how far they differ.
    """
    own = values(MAGNITUDE).dropna(how="all").sort_index()
    sparsity = experiment.sparsity()
    own = own[own.index.isin(sparsity.index)]
    if own.empty:
        raise NotMeasurable("no ticket of the magnitude series was measured")
    ticket = experiment.ticket(paper_k, own.index)
    changes = (own.loc[ticket.k] - own.iloc[0]).dropna()
    if changes.empty:
        raise NotMeasurable(f"no seed has both LTH{own.index[0]} and LTH{ticket.k}")
    change = over_seeds([Estimate(float(value)) for value in changes])
    means = own.mean(axis=1)
    found = trend(means.to_numpy(float), sparsity[means.index].to_numpy(float), 0)
    seeds = own.shape[1]
    notes = [
        ticket.note,
        f"LTH{means.index[0]}: {number(means.iloc[0])}, LTH{ticket.k}: "
        f"{number(means[ticket.k])}; rho = {found.rho:.2f}, p = {found.p:.2g}.",
        _trend_of_other(values, other, change.value, sign, ticket.k),
        spread_note(own.iloc[0], change.value) if unrelated is None else unrelated_note(unrelated),
    ]
    return Finding(
        change,
        f"{counted(seeds, 'seed')}, {counted(len(means), 'ticket')}",
        by_trend(change, found, sign),
        " ".join(notes),
    )


def interval_finding(
    experiment: Experiment,
    estimates: Estimates,
    sign: int,
    paper_k: int,
    among: Sequence[int],
    *,
    bar: float = 0.0,
    unrelated: Callable[[], float] | None = None,
) -> Finding:
    """An estimate at one ticket, against a bar.

    Args:
        experiment: Whose.
        estimates: The estimates.
        sign: 1 if it is said to be above the bar, -1 below.
        paper_k: The paper's ticket.
        among: Tickets that have been measured.
        bar: 0 for differences.
        unrelated: The same of two LTH0s of different seeds.
    """
    ticket = experiment.ticket(paper_k, among)
    own = estimates(MAGNITUDE, ticket.k)
    found = over_seeds(own)
    notes = [
        ticket.note,
        control_note(
            lambda: float(np.mean([e.value for e in estimates(CONTROL, ticket.k)])),
            found.value,
            sign,
            bar,
        ),
    ]
    if unrelated is not None:
        notes.append(unrelated_note(unrelated))
    return Finding(found, counted(len(own), "seed"), by_interval(found, sign, bar), " ".join(notes))


def share_finding(
    cells: Cells, n: Callable[[int], str], *, bar: float = 0.5, other: str = CONTROL, note: str = ""
) -> Finding:
    """How often a claim holds.

    Args:
        cells: Where it holds.
        n: Says what so many cells are.
        bar: Share that has to be exceeded.
        other: Series that is asked as well: the control or the random baseline.
        note: Goes before what the other series has.
    """
    own = cells(MAGNITUDE)
    if not len(own):
        raise NotMeasurable("no cell of the magnitude series was measured")
    found = share(own)
    notes = [note, _share_of_other(cells, other, bar)]
    return Finding(
        found, n(len(own)), by_interval(found, 1, bar), " ".join(text for text in notes if text)
    )


def control_note(control: Callable[[], float], effect: float, sign: int, bar: float = 0.0) -> str:
    """What the control has in place of a ticket's effect, and what that explains."""
    try:
        theirs = control()
    except NotMeasurable:
        return NO_CONTROL
    text = f"{WHO[CONTROL]} has {number(theirs)}"
    if bar:
        side = "above" if theirs > bar else "below"
        return f"{text}, {side} {bar}{' too' if (theirs > bar) == (effect > bar) else ''}."
    return f"{text}: {explained(effect, theirs, sign)}."


def explained(effect: float, theirs: float, sign: int, other: str = CONTROL) -> str:
    """What the effect in another series explains of a ticket's, in words."""
    name, cause = OTHERS[other]
    if sign * effect > 0:
        part = theirs / effect
        if part >= 1:
            return f"{cause} explains all of it"
        if part >= LITTLE:
            return f"{cause} explains {part:.0%} of it".replace("%", " %")
        return f"{cause} does not explain it"
    if sign * (effect - theirs) > 0:
        return f"relative to {name} ({effect - theirs:+.3g}) the direction is the claimed one"
    return f"relative to {name} the claim does not hold either"


def unrelated_note(value: Callable[[], float]) -> str:
    """The similarity of two models that share nothing but their text, in words."""
    try:
        return f"Between two LTH0s of different seeds it is {number(value())}."
    except NotMeasurable:
        return "One seed: no seed-to-seed baseline."


def spread_note(starts: pd.Series, change: float) -> str:
    """How far the seeds' first tickets are apart, in words."""
    values = starts.dropna().to_numpy(float)
    if len(values) < 2:
        return ONE_SEED
    spread = float(np.ptp(values))
    than = "no less than" if spread >= abs(change) else "less than"
    return f"The seeds' starting values differ by up to {number(spread)}, {than} this change."


def cells_of(table: Any) -> list[bool]:
    """All cells of a table of truths, as `share_finding` takes them."""
    return [bool(cell) for cell in table.to_numpy().ravel()]


def over(experiment: Experiment, table: str, noun: str) -> Callable[[int], str]:
    """Describes a number of cells: seeds of the magnitude series in a table, then the cells."""
    seeds = counted(experiment.of(table, MAGNITUDE)["seed"].nunique(), "seed")
    return lambda count: f"{seeds}, {counted(count, noun)}"


def with_note(found: Finding, note: str) -> Finding:
    """The finding, with `note` before its own note."""
    return replace(found, note=f"{note} {found.note}")


def counted(count: int, noun: str) -> str:
    """Such as `1 seed`, `9 tickets`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def number(value: float) -> str:
    """Three significant digits."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _trend_of_other(values: Values, other: str, change: float, sign: int, k: int) -> str:
    try:
        means = values(other).sort_index().mean(axis=1)
    except NotMeasurable:
        means = pd.Series(dtype=float)
    if k not in means.index:
        return NO_CONTROL if other == CONTROL else NO_RANDOM
    start, end = means.iloc[0], means[k]
    return (
        f"{WHO[other]} goes from {number(start)} to {number(end)}: "
        f"{explained(change, end - start, sign, other)}."
    )


def _share_of_other(cells: Cells, other: str, bar: float) -> str:
    try:
        theirs = cells(other)
    except NotMeasurable:
        theirs = []
    if not len(theirs):
        return NO_CONTROL if other == CONTROL else NO_RANDOM
    found = share(theirs)
    text = f"{WHO[other]}: {int(np.sum(theirs))} of {len(theirs)}"
    if by_interval(found, 1, bar) == AGREES:
        way = "with random pruning" if other == RANDOM else "without pruning"
        return f"{text}, so the claim also holds {way}."
    return f"{text}."
