"""Input functions of rules whose jobs read files of several tickets."""

from collections.abc import Callable, Iterable
from typing import Protocol

from ticketscope.plan.names import TicketName


class SeedWildcards(Protocol):
    """Snakemake's wildcards of a job that belongs to a seed, and maybe to more."""

    seed: str

    def items(self) -> Iterable[tuple[str, str]]:
        """All of them, by name."""


def files_of_seed(
    tickets: Callable[[int], Iterable[TicketName]], pattern: str
) -> Callable[[SeedWildcards], list[str]]:
    """The file of each of the tickets that a seed's job reads.

    Args:
        tickets: The tickets of a seed's job, such as `Plan.tickets_of_seed`.
        pattern: As `TicketName.fill` takes it; what else is in braces is the job's.
    """

    def files(wildcards: SeedWildcards) -> list[str]:
        others = {name: value for name, value in wildcards.items() if name != "seed"}
        return [pattern.format(**name._asdict(), **others) for name in tickets(int(wildcards.seed))]

    return files
