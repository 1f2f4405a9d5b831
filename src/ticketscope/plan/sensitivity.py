"""Whose modules are silenced, and what the job of a seed reads."""

from collections.abc import Sequence
from typing import Any

from ticketscope.config import Config
from ticketscope.plan.inputs import SeedWildcards
from ticketscope.plan.names import TicketName
from ticketscope.plan.paths import Paths
from ticketscope.plan.tickets import chosen_tickets


class SensitivityJobs:
    """LTH0 and some tickets of each series, seed by seed.

    Attributes:
        seeds: Seeds whose tickets' modules are silenced: all, or none.
    """

    def __init__(self, config: Config, paths: Paths, tickets: Sequence[TicketName]) -> None:
        self._config, self._paths = config, paths
        settings = config.behaviour.sensitivity
        self._tickets = chosen_tickets(tickets, settings.tickets)
        self.seeds = config.seeds if settings.sentences else []

    def tickets(self, seed: int) -> list[TicketName]:
        """Tickets of a seed, LTH0 first."""
        return [name for name in self._tickets if name.seed == seed]

    def settings(self, wildcards: SeedWildcards) -> dict[str, Any]:
        """What the table of a job's seed depends on, apart from files."""
        config = self._config
        return {
            "tickets": [list(name) for name in self.tickets(int(wildcards.seed))],
            "language": config.languages.target,
            "tokenizer": config.subwords.tokenizer,
            "max_tokens": config.behaviour.max_tokens,
        } | config.behaviour.sensitivity.model_dump(include={"sentences", "translated"})

    @property
    def tables(self) -> list[str]:
        """The table of each seed."""
        return [self._paths.sensitivity.format(seed=seed) for seed in self.seeds]
