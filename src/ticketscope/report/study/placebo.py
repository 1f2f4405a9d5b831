"""A control judged as if it were magnitude: does it decide more than its level?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, count
from typing import Any

import pandas as pd
from scipy import stats

from ticketscope.claims.columns import DECIDED, TESTED, suffix
from ticketscope.claims.model import claims
from ticketscope.claims.placebo import judged_as_magnitude
from ticketscope.claims.tables import CONTROL
from ticketscope.claims.verdicts import LEVEL
from ticketscope.report.study.parts import deciding_part


@dataclass(frozen=True)
class Placebo:
    """What was decided of one control beside another.

    Attributes:
        series: The one that was judged as magnitude.
        control: The one that it was compared with.
        decided: Ids of the sentences that are supported, contradicted or negligible.
        effects: Of all sentences that got a verdict, by id.
        parts: Effects of the parts of those that have to hold of each part, by id and part.
    """

    series: str
    control: str
    decided: tuple[str, ...]
    effects: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def p(self) -> float:
        """Of so many decisions or more where each has the level's chance; one-sided, exact."""
        return self._p_of(len(self.decided))

    @property
    def failed(self) -> bool:
        """Whether more was decided than chance explains."""
        return self.p < LEVEL

    @property
    def least_failing(self) -> int:
        """How many decisions would be more than chance explains."""
        return next(number for number in count() if self._p_of(number) < LEVEL)

    def _p_of(self, decided: int) -> float:
        if not self.effects:
            return 1.0
        return float(stats.binom.sf(decided - 1, len(self.effects), LEVEL))


def further_controls(config: Mapping[str, Any]) -> list[str]:
    """Series that are controls in another order of the data, by an experiment's config."""
    series = config.get("pruning", {}).get("series", {})
    return [
        name
        for name, recipe in series.items()
        if name != CONTROL
        and recipe["criterion"] == "none"
        and recipe.get("order_seed") is not None
    ]


def repeating(config: Mapping[str, Any], controls: Sequence[str]) -> list[str]:
    """Those of some controls whose tickets all repeat one order, as the control's do.

    Only these can be a placebo: beside a control with a new order in each ticket, repetition is
    judged too.
    """
    series = config["pruning"]["series"]
    return [name for name in controls if series[name]["order_seed"] != "each"]


def placebos(tables: Mapping[str, pd.DataFrame], further: Sequence[str]) -> list[Placebo]:
    """The placebos of an experiment: each pair of its controls, later ones as magnitude.

    Args:
        tables: Its tables, by name as in `claims.tables.COLUMNS`.
        further: Its further controls.
    """
    if not further:
        return []
    return [
        _count(series, control, judged_as_magnitude(tables, series, control))
        for control, series in combinations([CONTROL, *further], 2)
    ]


def beside_controls(by_control: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tickets beside each control at equal training, where the verdict depends on which.

    Args:
        by_control: claims.csv with the parts of sentences, by the control that it was judged by.

    Returns:
        A row for each such sentence and control, in the order of the paper: id, control, effect,
        low, high, verdict, part (the one that decides, if one does).
    """
    names = ["effect", "low", "high", "verdict"]
    lines = []
    for claim in [claim for claim in claims() if "equal_training" in claim.references]:
        rows = []
        for control, judged in by_control.items():
            (row,) = judged[judged["id"] == claim.id].to_dict("records")
            estimate = {name: row[f"{name}{suffix('equal_training')}"] for name in names}
            part = deciding_part(claim, judged, "equal_training")
            rows.append({"id": claim.id, "control": control} | estimate | {"part": part})
        verdicts = {row["verdict"] for row in rows}
        if len(verdicts) > 1 and verdicts <= {*TESTED}:
            lines += rows
    return pd.DataFrame(lines, columns=["id", "control", *names, "part"])


def deciding(placebos: Sequence[Placebo]) -> list[Placebo]:
    """Those on which it rests whether verdicts are findings.

    Pairs that differ by chance alone, if there are any: the control follows LTH0's order of the
    data, which the others do not (amendment 1 of docs/results/study-plan.md).
    """
    return [placebo for placebo in placebos if placebo.control != CONTROL] or [*placebos]


def _count(series: str, control: str, judged: pd.DataFrame) -> Placebo:
    of_ids = judged.set_index("id")
    sentences = of_ids[of_ids["part_of"] == ""]
    verdict = sentences["verdict_equal_training"]
    effects = of_ids["effect_equal_training"]
    tested = effects[sentences.index[verdict.isin(TESTED)]].to_dict()
    decided = sentences.index[verdict.isin(DECIDED)]
    parts = {
        claim.id: {part: effects[f"{claim.id}/{part}"] for part in claim.parts}
        for claim in claims()
        if claim.id in tested and claim.combined == "all"
    }
    return Placebo(series, control, tuple(decided), tested, parts)
