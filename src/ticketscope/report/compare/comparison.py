"""All that two experiments can be compared in."""

from dataclasses import dataclass

import pandas as pd

from ticketscope.report.compare import changes, claims, matching, summary
from ticketscope.report.compare.matching import Compared
from ticketscope.report.compare.measures import MEASURES
from ticketscope.report.compare.results import Results
from ticketscope.report.compare.tickets import Tickets, match_tickets


@dataclass(frozen=True)
class Comparison:
    """Two experiments.

    Attributes:
        a: The one that the other is measured against.
        b: The other: differences are B minus A.
        tickets: Which are partners.
        compared: Each measure that one of them has.
        claims: `claims.compare` of the paper's.
        extension: The same of ours, about behaviour; empty where neither has any.
        changes: `changes.changes`.
    """

    a: Results
    b: Results
    tickets: Tickets
    compared: list[Compared]
    claims: pd.DataFrame
    extension: pd.DataFrame
    changes: pd.DataFrame

    @classmethod
    def of(cls, a: Results, b: Results) -> "Comparison":
        """Compare.

        Raises:
            InputError: a table lacks what is read of it.
        """
        tickets = match_tickets(a, b)
        compared = [
            matching.compare(measure, a, b, tickets)
            for measure in MEASURES
            if measure.source in a.tables or measure.source in b.tables
        ]
        paper, extension = claims.compare(a, b), claims.compare(a, b, claims.EXTENSION)
        return cls(a, b, tickets, compared, paper, extension, changes.changes(a, b))

    @property
    def unmatched(self) -> pd.DataFrame:
        """unmatched.csv: rows without a partner, of all tables."""
        return pd.concat([part.unmatched for part in self.compared], ignore_index=True)

    def tables(self) -> dict[str, pd.DataFrame]:
        """The CSV files by name."""
        return {
            "changes": self.changes,
            "claims": self.claims,
            "extension_claims": self.extension,
            "tickets": self.tickets.table(),
            **{part.measure.name: part.differences for part in self.compared},
            "unmatched": self.unmatched,
        }

    def summary(self) -> list[str]:
        """The whole of it in words, a paragraph each."""
        sides = (("A", self.a), ("B", self.b))
        unjudged = [side for side, results in sides if "claim_effects" not in results.tables]
        return [
            summary.of_changes(self.changes, changes.unknown(self.a, self.b)),
            summary.of_claims(self.claims, unjudged),
            summary.of_differences(self.compared),
            summary.of_unmatched(self.unmatched),
        ]
