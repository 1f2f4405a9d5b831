"""A control judged as if it were magnitude: does it decide more than its level?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, count
from typing import Any

import pandas as pd
from scipy import stats

from ticketscope.claims.columns import DECIDED, TESTED, suffix
from ticketscope.claims.placebo import placebo
from ticketscope.claims.tables import CONTROL, MAGNITUDE
from ticketscope.claims.verdicts import LEVEL


@dataclass(frozen=True)
class Placebo:
    """What was decided of one control beside another.

    Attributes:
        series: The one that was judged as magnitude.
        control: The one that it was compared with.
        decided: Ids of the sentences that are supported, contradicted or negligible.
        effects: Of all sentences that got a verdict, by id.
    """

    series: str
    control: str
    decided: tuple[str, ...]
    effects: Mapping[str, float]

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


def placebos(tables: Mapping[str, pd.DataFrame], further: Sequence[str]) -> list[Placebo]:
    """The placebos of an experiment: each pair of its controls, later ones as magnitude.

    Args:
        tables: Its tables, by name as in `claims.tables.COLUMNS`.
        further: Its further controls.
    """
    if not further:
        return []
    return [
        _count(series, control, placebo(tables, series, control))
        for control, series in combinations([CONTROL, *further], 2)
    ]


def beside_controls(
    tables: Mapping[str, pd.DataFrame], judged: pd.DataFrame, further: Sequence[str]
) -> pd.DataFrame:
    """Magnitude beside each control at equal training, where its verdict depends on which.

    Args:
        tables: The experiment's, by name as in `claims.tables.COLUMNS`.
        judged: Its sentences as in claims.csv, which have the verdicts beside the control.
        further: Its further controls.

    Returns:
        A row for each such sentence and control: id, control, effect, low, high, verdict. Only of
        sentences that are judged in placebos, too; beside further controls corrected for these.
    """
    names = ["effect", "low", "high", "verdict"]
    columns = [f"{name}{suffix('equal_training')}" for name in names]
    by_control = {
        control: table.set_index("id")[columns].set_axis(names, axis=1)
        for control, table in [
            (CONTROL, judged),
            *((control, placebo(tables, MAGNITUDE, control)) for control in further),
        ]
    }
    verdicts = pd.DataFrame({name: table["verdict"] for name, table in by_control.items()})
    verdicts = verdicts[verdicts.isin(TESTED).all(axis=1) & (verdicts.nunique(axis=1) > 1)]
    rows = pd.concat(by_control, names=["control"]).reset_index()
    order = {name: place for place, name in enumerate(judged["id"])}
    rows = rows[rows["id"].isin(verdicts.index)]
    return rows.sort_values("id", key=lambda ids: ids.map(order), kind="stable", ignore_index=True)


def deciding(placebos: Sequence[Placebo]) -> list[Placebo]:
    """Those on which it rests whether verdicts are findings.

    Pairs that differ by chance alone, if there are any: the control follows LTH0's order of the
    data, which the others do not (amendment 1 of docs/results/study-plan.md).
    """
    return [placebo for placebo in placebos if placebo.control != CONTROL] or [*placebos]


def _count(series: str, control: str, judged: pd.DataFrame) -> Placebo:
    of_ids = judged.set_index("id")
    verdict = of_ids["verdict_equal_training"]
    effects = of_ids["effect_equal_training"][verdict.isin(TESTED)]
    decided = of_ids.index[verdict.isin(DECIDED)]
    return Placebo(series, control, tuple(decided), effects.to_dict())
