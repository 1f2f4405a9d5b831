"""Which tickets' costs are read off their files, and which are timed."""

from collections.abc import Sequence
from typing import Any

from ticketscope.config import Config
from ticketscope.plan.inputs import SeedWildcards
from ticketscope.plan.names import TicketName
from ticketscope.plan.tickets import chosen_tickets


class CostJobs:
    """The tickets of a seed whose cost is told.

    Attributes:
        timed: Tickets that are timed: LTH0, and some of each series that prunes.
    """

    def __init__(self, config: Config, tickets: Sequence[TicketName]) -> None:
        self._cost, self._tickets = config.cost, tickets
        # A ticket of which nothing is pruned takes as long as LTH0.
        dense = {name for name, each in config.pruning.series.items() if not each.prunes}
        if config.external_tickets.tickets:
            dense = set()
        pruned = [name for name in tickets if name.series not in dense]
        self.timed = chosen_tickets(pruned, config.cost.tickets)

    def of_seed(self, seed: int) -> list[TicketName]:
        """All tickets of a seed."""
        return [name for name in self._tickets if name.seed == seed]

    def timed_of_seed(self, seed: int) -> list[TicketName]:
        """Those that are timed."""
        return [name for name in self.timed if name.seed == seed]

    def settings(self, wildcards: SeedWildcards) -> dict[str, Any]:
        """What the costs of a seed's tickets depend on, apart from files."""
        tickets = self.of_seed(int(wildcards.seed))
        return {"tickets": [list(name) for name in tickets], "length": self._cost.length}

    def speed_settings(self, wildcards: SeedWildcards) -> dict[str, Any]:
        """What the times of those that are timed depend on, apart from files."""
        tickets = self.timed_of_seed(int(wildcards.seed))
        return {"tickets": [list(name) for name in tickets]} | self._cost.model_dump(
            include={"sentences", "repeats"}
        )
