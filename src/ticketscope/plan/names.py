"""What a ticket is called."""

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import pandas as pd  # slow, and a dry-run needs none

# The series that holds LTH0 alone: the start of all other series of its seed.
DENSE = "dense"


class TicketWildcards(Protocol):
    """Snakemake's wildcards of a job that belongs to a ticket."""

    seed: str
    series: str
    k: str


class TicketName(NamedTuple):
    """A ticket: LTHk of a series and a seed.

    Attributes:
        seed: Seed of the initialisation and of the order of the data.
        series: Its series, as in `pruning.series`; `dense` for LTH0.
        k: Iteration; 0 for LTH0.
    """

    seed: int
    series: str
    k: int

    @classmethod
    def of(cls, wildcards: TicketWildcards) -> "TicketName":
        """The ticket of a job."""
        return cls(int(wildcards.seed), wildcards.series, int(wildcards.k))

    @property
    def label(self) -> str:
        """LTHk, as the paper calls it."""
        return f"LTH{self.k}"

    @property
    def key(self) -> str:
        """How the names of its arrays begin in tables/*.npz: seed1/magnitude/LTH3."""
        return f"seed{self.seed}/{self.series}/{self.label}"

    @classmethod
    def parse(cls, name: str) -> tuple["TicketName", list[str]]:
        """The ticket of an array whose name begins with its `key`, and what follows in the name."""
        seed, series, label, *rest = name.split("/")
        return cls(int(seed.removeprefix("seed")), series, int(label.removeprefix("LTH"))), rest

    @property
    def columns(self) -> dict[str, Any]:
        """The columns by which tables name a ticket: seed, series, ticket, k."""
        return {"seed": self.seed, "series": self.series, "ticket": self.label, "k": self.k}

    @property
    def dense(self) -> "TicketName":
        """LTH0 of the same seed."""
        return TicketName(self.seed, DENSE, 0)

    @property
    def previous(self) -> "TicketName":
        """The ticket that this one was pruned from; LTH0 for the first of a series.

        Raises:
            ValueError: LTH0 was pruned from nothing.
        """
        if self.k == 0:
            raise ValueError(f"{self.label} of seed {self.seed} has no ticket before it")
        return self.dense if self.k == 1 else self._replace(k=self.k - 1)

    def beside(self, other: "TicketName") -> str:
        """Its name in files of another ticket: LTH2, or seed1-LTH0 if it is of another seed."""
        return self.label if self.seed == other.seed else f"seed{self.seed}-{self.label}"

    def fill(self, pattern: str) -> str:
        """A path with {seed}, {series} and {k} filled in."""
        return pattern.format(seed=self.seed, series=self.series, k=self.k)


def ticket_numbers(labels: "pd.Series") -> "pd.Series":
    """k of each LTHk."""
    return labels.astype(str).str.removeprefix("LTH").astype(int)
