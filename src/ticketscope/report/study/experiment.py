"""A finished experiment of the study, checked against its plan."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ticketscope.claims.columns import COLUMNS
from ticketscope.claims.judge import NONE_NEAR
from ticketscope.claims.model import Claim, claims, extensions
from ticketscope.claims.tables import COLUMNS as CLAIM_TABLES
from ticketscope.claims.tables import CONTROL, DRAWS, MAGNITUDE, RANDOM, SHUFFLED, file_of
from ticketscope.errors import InputError
from ticketscope.experiment_tables import read_tables
from ticketscope.plan.names import DENSE
from ticketscope.plan.paper_tickets import stand_in
from ticketscope.probing.chosen import reader
from ticketscope.probing.comparison import Comparison
from ticketscope.report.compare.results import Results, open_results
from ticketscope.report.study.placebo import (
    Placebo,
    beside_controls,
    deciding,
    further_controls,
    placebos,
    repeating,
)
from ticketscope.report.study.rejudged import judged_with, other_verdicts
from ticketscope.report.study.settings import Planned
from ticketscope.report.tables.claims import sentences
from ticketscope.stats.seeds import LEAST_SEEDS

# As the rule `compare_probes` has it, so that resamples are the same.
_SEED = 1
_TABLES = ("claims", "extension_claims", "table_a1", "corpus", "sparsity")


@dataclass(frozen=True)
class Finished:
    """An experiment whose results are in, perhaps not yet of all its seeds.

    Attributes:
        planned: What the study says of it.
        results: Its folder.
        superseded: claims.csv as a mistake of the software had it, by what the page calls it.
    """

    planned: Planned
    results: Results
    superseded: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.planned.name

    @property
    def title(self) -> str:
        return self.planned.title

    @property
    def record(self) -> Mapping[str, Any]:
        """provenance.json."""
        assert self.results.provenance is not None, "checked by `finished`"
        return self.results.provenance

    @property
    def seeds(self) -> list[int]:
        """Those that are in."""
        return sorted(self.record["config"]["seeds"])

    @property
    def missing(self) -> list[int]:
        """Planned seeds that are neither in nor left out."""
        return sorted({*self.planned.seeds} - {*self.seeds} - {*self.planned.left_out})

    @property
    def status(self) -> str:
        """Such as `10 seeds` or, where some are missing, `3 of 5 registered seeds`."""
        if self.missing:
            return f"{len(self.seeds)} of {len(self.planned.seeds)} registered seeds"
        return f"{len(self.seeds)} seeds"

    @property
    def label(self) -> str:
        """The name and, where seeds are missing, how many are in."""
        return f"{self.name} ({self.status})" if self.missing else self.name

    @property
    def notice(self) -> str:
        """What a reader has to know before any verdict; empty if all is as planned."""
        notices = []
        if self.missing:
            notices.append(
                f"An interim look with {self.status}. Their number was fixed beforehand; the plan "
                "judges once, when the last is in, and nothing is decided by what is shown before."
            )
        if not self.is_trusted:
            notices.append(
                "The placebo of this experiment decides more than its level allows: by the plan, "
                "no claim here is called a finding."
            )
        elif not self.is_trusted_as_registered:
            notices.append(
                "The placebo that the plan first named decides more than its level allows: by it, "
                "no claim here would be a finding. That of amendment 1 keeps its level, and by it "
                "they are."
            )
        return " ".join(notices)

    @property
    def has_verdicts(self) -> bool:
        return len(self.seeds) >= LEAST_SEEDS

    def claim_rows(self, extension: bool) -> pd.DataFrame:
        """claims.csv or, if `extension`, extension_claims.csv."""
        return self.results.check("extension_claims" if extension else "claims", COLUMNS)

    def judged(self, extension: bool) -> pd.DataFrame:
        """The sentences of `claim_rows`, without their parts."""
        table = sentences(self.claim_rows(extension))
        verdicts = [name for name in table if str(name).startswith("verdict")]
        return table.assign(**{name: table[name].astype(object).fillna("") for name in verdicts})

    def has_measured(self, claim: str) -> bool:
        """Whether one of the extension's claims has an effect here."""
        judged = self.judged(extension=True).set_index("id")
        return bool(judged["verdict"].get(claim, "") not in ("", "not measurable"))

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What claims are judged from, by name."""
        folder = self.results.folder / "tables"
        return read_tables(
            {name: sorted(map(str, folder.glob(file_of(name)))) for name in CLAIM_TABLES}
        )

    @property
    def further_controls(self) -> list[str]:
        """Controls beside the first, in other orders of the data."""
        return further_controls(self.record["config"])

    @cached_property
    def placebos(self) -> list[Placebo]:
        """Pairs of controls, one of which is judged as if it were magnitude."""
        config = self.record["config"]
        return placebos(self.tables, repeating(config, self.further_controls))

    @cached_property
    def by_further_control(self) -> dict[str, pd.DataFrame]:
        """claims.csv as it is with each further control in the place of the control."""
        return {name: judged_with(self.tables, name) for name in self.further_controls}

    @cached_property
    def beside_controls(self) -> pd.DataFrame:
        """Tickets beside each control, where a verdict that counts depends on which."""
        table = beside_controls({CONTROL: self.claim_rows(False)} | self.by_further_control)
        judged = self.judged(extension=False)
        not_counted = [*judged["id"][is_far(judged)], *self.planned.sized_for]
        return table[~table["id"].isin(not_counted)]

    @contextmanager
    def comparison(
        self, probes: pd.DataFrame, resamples: int | None = None
    ) -> Iterator[Comparison]:
        """Of some rows of tables/probes.csv; resamples are those of the rule `compare_probes`.

        Args:
            probes: The rows.
            resamples: How many of them; None: all.
        """
        number = resamples or self.record["config"]["probing"]["resamples"]
        path = self.results.folder / "tables/probe_statistics.npz"
        with np.load(path, allow_pickle=False) as statistics:
            yield Comparison(probes, reader(statistics), resamples=number, seed=_SEED)

    @cached_property
    def other_verdicts(self) -> pd.DataFrame:
        """Verdicts by rules that were not registered, and those of tables with a mistake."""
        resampled = {}
        if "probe_trends" in self.results.tables:
            asked = [DENSE, MAGNITUDE, CONTROL, RANDOM, SHUFFLED]
            probes = self.tables["probes"]
            with self.comparison(probes[probes["series"].isin(asked)], DRAWS) as comparison:
                resampled = {"probe_resamples": comparison.resampled()}
        return other_verdicts(self.tables, self.by_further_control, resampled, self.superseded)

    @property
    def is_trusted(self) -> bool:
        """Whether its verdicts may be called findings."""
        return not any(placebo.failed for placebo in deciding(self.placebos))

    @property
    def is_trusted_as_registered(self) -> bool:
        """The same by the plan without its amendment: the first pair decides."""
        return not any(placebo.failed for placebo in self.placebos[:1])

    def stand_in(self, paper_k: int) -> tuple[int, float]:
        """The ticket that stands for the paper's LTH`paper_k`, and its sparsity."""
        table = self.results.tables["sparsity"]
        pruned = table[(table["series"] == "magnitude") & (table["k"] > 0)]
        known = pruned.groupby("k")["sparsity_excl"].mean().to_dict()
        k = stand_in(paper_k, known)
        return k, known[k]


def is_far(judged: pd.DataFrame) -> pd.Series:
    """Whether no ticket has the sparsity that a sentence is about, so that the last one stands."""
    return judged["note"].astype(str).str.contains(NONE_NEAR)


def _superseded(path: Path) -> pd.DataFrame:
    """A claims.csv that study.yaml names.

    Raises:
        InputError: it is missing or none.
    """
    try:
        return pd.read_csv(path)[COLUMNS]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: no claims.csv, which `superseded` names ({error})") from None


def finished(planned: Planned) -> Finished:
    """The results of an experiment.

    Raises:
        InputError: they are missing, damaged, not finished, of other seeds than planned, or judged
            by other claims than this version has; or superseded claims cannot be read.
    """
    assert planned.folder is not None, "only experiments that are in"
    try:
        results = open_results(planned.folder)
    except InputError as error:
        raise InputError(f"{planned.name}: {error}") from None
    where = f"{planned.name}: {planned.folder}"
    missing = [name for name in _TABLES if name not in results.tables]
    if missing or not results.provenance or "seeds" not in results.provenance.get("config", {}):
        lacking = f"tables/{missing[0]}.csv" if missing else "provenance.json with its config"
        raise InputError(f"{where}: has no {lacking}; run the experiment to its end first")
    superseded = {name: _superseded(path) for name, path in planned.superseded.items()}
    experiment = Finished(planned, results, superseded)
    if other := sorted({*experiment.seeds} - {*planned.seeds}):
        raise InputError(f"{where}: seeds {other} are not planned: {sorted(planned.seeds)} are")
    if dropped := sorted({*experiment.seeds} & {*planned.left_out}):
        raise InputError(f"{where}: seeds {dropped} are left out by the study: join the others")
    for extension, known in ((False, claims()), (True, extensions())):
        _same_claims(where, experiment.judged(extension), known)
    return experiment


def _same_claims(where: str, judged: pd.DataFrame, known: tuple[Claim, ...]) -> None:
    differing = {*judged["id"]} ^ {claim.id for claim in known}
    if differing:
        raise InputError(
            f"{where}: was judged by other claims than this version has ({sorted(differing)[0]}); "
            "make its claims again"
        )
