"""A control judged as if it were magnitude: does it decide more than its level?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
from scipy import stats

from ticketscope.claims.columns import DECIDED, TESTED
from ticketscope.claims.placebo import placebo
from ticketscope.claims.tables import COLUMNS, CONTROL, file_of, read_tables
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
        if not self.effects:
            return 1.0
        counted = len(self.decided), len(self.effects)
        test = stats.binomtest(*counted, LEVEL, alternative="greater")
        return float(test.pvalue)

    @property
    def failed(self) -> bool:
        """Whether more was decided than chance explains."""
        return self.p < LEVEL


def placebos(folder: Path, config: Mapping[str, Any]) -> list[Placebo]:
    """The placebos of an experiment: each pair of its controls, later ones as magnitude.

    Args:
        folder: Of its results.
        config: Its config, as provenance.json records it.
    """
    series = config.get("pruning", {}).get("series", {})
    reordered = [
        name
        for name, recipe in series.items()
        if name != CONTROL
        and recipe["criterion"] == "none"
        and recipe.get("order_seed") is not None
    ]
    if not reordered:
        return []
    paths = {name: sorted(map(str, (folder / "tables").glob(file_of(name)))) for name in COLUMNS}
    tables = read_tables(paths)
    return [
        _count(series, control, placebo(tables, series, control))
        for control, series in combinations([CONTROL, *reordered], 2)
    ]


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
