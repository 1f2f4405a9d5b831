"""What a ticket is called."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Name:
    """A ticket: LTHk of a series and a seed; LTH0's series is `dense`."""

    seed: int
    series: str
    k: int

    @property
    def ticket(self) -> str:
        """LTHk."""
        return f"LTH{self.k}"

    @property
    def columns(self) -> dict[str, Any]:
        """As tables name it."""
        return {"seed": self.seed, "series": self.series, "ticket": self.ticket, "k": self.k}
