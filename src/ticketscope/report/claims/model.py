"""A claim of the paper as data and a test, and what the test finds."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ticketscope.report.claims.experiment import Experiment

Verdict = Literal["agrees", "differs", "undecided", "not measurable here"]
AGREES: Verdict = "agrees"
DIFFERS: Verdict = "differs"
UNDECIDED: Verdict = "undecided"
NOT_MEASURABLE: Verdict = "not measurable here"


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


@dataclass(frozen=True)
class Finding:
    """What a claim's test found.

    Attributes:
        measured: The statistic that the claim's `how` names, with its interval.
        n: What it was counted over: seeds first, then tickets or cells.
        verdict: By a rule of `rules`.
        note: Which ticket it is, and what the control, the random baseline or the distance between
            seeds explains; or why nothing could be measured.
    """

    measured: Estimate
    n: str
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper that can be tested.

    Attributes:
        id: Its name.
        section: Where the paper says it; with the figure or table that shows it, if any.
        claim: What it says, in our words.
        paper_value: The paper's number, in the unit of what is measured; empty if it gives none.
        how: Statistic, interval, replicates, and when it agrees.
        test: Finds it in an experiment's tables. May raise `NotMeasurable`.
    """

    id: str
    section: str
    claim: str
    paper_value: str
    how: str
    test: Callable[[Experiment], Finding]
