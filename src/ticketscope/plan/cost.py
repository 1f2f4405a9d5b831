"""Which tickets' costs are read off their files, and which are timed."""

from collections.abc import Sequence

from ticketscope.config import Config
from ticketscope.plan.names import TicketName
from ticketscope.plan.tickets import chosen_tickets


class CostJobs:
    """The tickets of a seed whose cost is told.

    Attributes:
        timed: Tickets that are timed: LTH0, and some of each series that prunes.
    """

    def __init__(self, config: Config, tickets: Sequence[TicketName]) -> None:
        self._tickets = tickets
        # A ticket of which nothing is pruned takes as long as LTH0.
        dense = {name for name, each in config.pruning.series.items() if not each.prunes}
        if config.external_tickets.tickets:
            dense = set()
        pruned = [name for name in tickets if name.series not in dense]
        self.timed = chosen_tickets(pruned, config.cost.tickets)

    def of_seed(self, seed: str) -> list[TicketName]:
        """All tickets of a seed."""
        return [name for name in self._tickets if name.seed == int(seed)]

    def timed_of_seed(self, seed: str) -> list[TicketName]:
        """Those that are timed."""
        return [name for name in self.timed if name.seed == int(seed)]
