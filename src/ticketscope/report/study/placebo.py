"""A second control judged as if it were magnitude: does it decide more than its level?"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """Counts of a second control.

    Attributes:
        series: Its name.
        decided: Sentences that are supported, contradicted or negligible.
        tested: Those that got a verdict at all.
        ids: Of the decided ones.
        effects: Theirs.
    """

    series: str
    decided: int
    tested: int
    ids: tuple[str, ...]
    effects: tuple[float, ...] = ()

    @property
    def p(self) -> float:
        """Of so many decisions or more where each has the level's chance; one-sided, exact."""
        if not self.tested:
            return 1.0
        test = stats.binomtest(self.decided, self.tested, LEVEL, alternative="greater")
        return float(test.pvalue)

    @property
    def failed(self) -> bool:
        """Whether more was decided than chance explains."""
        return self.p < LEVEL


def placebos(folder: Path, config: Mapping[str, Any]) -> list[Placebo]:
    """The placebos of an experiment: its controls with another order of the data.

    Args:
        folder: Of its results.
        config: Its config, as provenance.json records it.
    """
    series = config.get("pruning", {}).get("series", {})
    second = [
        name
        for name, recipe in series.items()
        if name != CONTROL
        and recipe["criterion"] == "none"
        and recipe.get("order_seed") is not None
    ]
    if not second:
        return []
    paths = {name: sorted(map(str, (folder / "tables").glob(file_of(name)))) for name in COLUMNS}
    tables = read_tables(paths)
    return [count(name, placebo(tables, name)) for name in second]


def count(series: str, judged: pd.DataFrame) -> Placebo:
    """What `claims.placebo.placebo` decided."""
    verdict = judged["verdict_equal_training"]
    decided = judged[verdict.isin(DECIDED)]
    return Placebo(
        series,
        len(decided),
        int(verdict.isin(TESTED).sum()),
        tuple(decided["id"]),
        tuple(decided["effect_equal_training"]),
    )
