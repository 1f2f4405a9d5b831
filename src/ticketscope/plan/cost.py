"""Which tickets' costs are read off their files, and which are timed."""

from collections.abc import Sequence

from ticketscope.config import Config
from ticketscope.plan.names import TicketName


class CostJobs:
    """The tickets of a seed whose cost is told.

    Attributes:
        timed: Tickets that are timed: LTH0, and some of each series that prunes.
    """

    def __init__(self, config: Config, tickets: Sequence[TicketName]) -> None:
        self._tickets, chosen = tickets, config.cost.tickets
        # A ticket of which nothing is pruned takes as long as LTH0.
        dense = {name for name, each in config.pruning.series.items() if not each.prunes}
        if config.external_tickets.tickets:
            dense = set()
        pruned = [name for name in tickets if name.series not in dense]
        last = {name[:2]: name.k for name in pruned}  # tickets are in the order of k
        self.timed = [
            name
            for name in pruned
            if name.k == 0
            or chosen == "all"
            or (name.k == last[name[:2]] if chosen == "last" else name.k in chosen)
        ]

    def of_seed(self, seed: str) -> list[TicketName]:
        """All tickets of a seed."""
        return [name for name in self._tickets if name.seed == int(seed)]

    def timed_of_seed(self, seed: str) -> list[TicketName]:
        """Those that are timed."""
        return [name for name in self.timed if name.seed == int(seed)]
