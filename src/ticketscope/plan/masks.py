"""Which masks are compared with which, and what these jobs read."""

from collections.abc import Sequence
from typing import Any

from ticketscope.config import Config
from ticketscope.plan.names import TicketName
from ticketscope.plan.paths import Paths


def mask_pairs(
    config: Config, tickets: Sequence[TicketName]
) -> list[tuple[TicketName, TicketName]]:
    """Pairs of tickets whose masks are compared, each once.

    A ticket is compared with that of the same series and iteration of each earlier seed, and with
    those of the same seed and iteration of the series before its own. LTH0 and series whose
    criterion is `none` prune nothing, and are left out; of tickets trained elsewhere nothing is
    known of how they were pruned, and all series count. Earlier iterations of a series are left
    out, too: a cut takes from what is left, so that masks are nested and the counts tell it all.

    Args:
        config: The experiment's.
        tickets: All its tickets, in their order.
    """
    pruned = [name for name in tickets if name.k and _prunes(config, name.series)]
    return [
        (name, other)
        for place, name in enumerate(pruned)
        for other in pruned[:place]
        if other.k == name.k and (other.series == name.series or other.seed == name.seed)
    ]


def _prunes(config: Config, series: str) -> bool:
    if config.external_tickets.tickets:
        return True
    return config.pruning.series[series].criterion != "none"


class MaskJobs:
    """Inputs and settings of the jobs that compare masks and look at what they leave.

    Attributes:
        pairs: As `mask_pairs`.
        compared: Tickets of some pair, in the experiment's order.
    """

    def __init__(self, config: Config, paths: Paths, tickets: Sequence[TicketName]) -> None:
        self._paths = paths
        self.pairs = mask_pairs(config, tickets)
        paired = {name for pair in self.pairs for name in pair}
        self.compared = [name for name in tickets if name in paired]

    @property
    def masks(self) -> list[str]:
        """Masks of `compared`."""
        return [name.fill(self._paths.mask) for name in self.compared]

    @property
    def settings(self) -> dict[str, Any]:
        """What the comparison depends on: `compared`, and the pairs as numbers of these."""
        number = {name: place for place, name in enumerate(self.compared)}
        return {
            "tickets": [list(name) for name in self.compared],
            "pairs": [[number[name], number[other]] for name, other in self.pairs],
        }
