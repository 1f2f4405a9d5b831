"""Which tickets are compared with which (section 5)."""

from typing import Any

from ticketscope.config import Config
from ticketscope.plan.names import TicketName, TicketWildcards
from ticketscope.plan.paths import Paths

LAST_MAP = 8  # the last ticket of the full heat maps (Figures A9 to A11), which show even tickets


class Comparisons:
    """Partners of every ticket, and what a comparison reads and depends on."""

    def __init__(self, config: Config, paths: Paths, tickets: list[TicketName]) -> None:
        self._config, self._paths, self._tickets = config, paths, tickets

    def partners(self, name: TicketName) -> list[TicketName]:
        """Tickets that a ticket is compared with, beside itself.

        Each is compared with LTH0 of its seed; an even one with the even ones before it, for the
        full heat maps; LTH0 with the LTH0s of the seeds before, which tells how alike two models
        are that share nothing but their text.
        """
        if name.k == 0:
            seeds = self._config.seeds
            return [TicketName(seed, *name[1:]) for seed in seeds[: seeds.index(name.seed)]]
        even = range(2, name.k, 2) if name.k % 2 == 0 and name.k <= LAST_MAP else []
        earlier = [name._replace(k=k) for k in even]
        return [name.dense, *(other for other in earlier if other in self._tickets)]

    def stores(self, wildcards: TicketWildcards) -> list[str]:
        """Representations of the partners."""
        partners = self.partners(TicketName.of(wildcards))
        return [other.fill(self._paths.representations) for other in partners]

    def dense_store(self, wildcards: TicketWildcards) -> str:
        """Representations of LTH0 of the same seed."""
        return TicketName.of(wildcards).dense.fill(self._paths.representations)

    def settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What a ticket's comparisons depend on."""
        measured = self._config.similarity.model_dump(
            mode="json", include={"groups", "block", "threshold"}
        )
        partners = self.partners(TicketName.of(wildcards))
        return measured | {"others": [list(other) for other in partners]}
