"""Which ticket of one experiment stands beside which of the other: those of equal sparsity."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ticketscope.errors import InputError
from ticketscope.report.compare.results import Results

# Largest difference of sparsity (without embeddings) that passes for none: what is never pruned,
# such as LayerNorm, is another share of another model.
TOLERANCE = 0.02


@dataclass(frozen=True)
class Tickets:
    """The match of tickets.

    Attributes:
        sparsity_a: A's tickets by number, with the sparsity of its pruned series.
        sparsity_b: B's.
        partner: Number in B -> number in A.
    """

    sparsity_a: Mapping[int, float]
    sparsity_b: Mapping[int, float]
    partner: Mapping[int, int]

    def as_a(self, names: pd.Series) -> pd.Series:
        """B's names of tickets (`LTH3`) in terms of A's; one without a partner says so."""
        known = {f"LTH{b}": f"LTH{a}" for b, a in self.partner.items()}
        return names.map(lambda name: known.get(name, f"{name} of B"))

    def table(self) -> pd.DataFrame:
        """tickets.csv: a row a ticket of either, in A's order, then what B has alone."""
        back = {a: b for b, a in self.partner.items()}
        rows: list[tuple[int | None, int | None]] = [(a, back.get(a)) for a in self.sparsity_a]
        rows += [(None, b) for b in self.sparsity_b if b not in self.partner]
        return pd.DataFrame(
            {
                "ticket_a": None if a is None else f"LTH{a}",
                "ticket_b": None if b is None else f"LTH{b}",
                "sparsity_a": None if a is None else self.sparsity_a[a],
                "sparsity_b": None if b is None else self.sparsity_b[b],
            }
            for a, b in rows
        )


def match_tickets(a: Results, b: Results) -> Tickets:
    """Nearest first, within `TOLERANCE`; of equally near ones those of the nearest number.

    A number stands for all series, since they share their fractions. Partners with different
    numbers are as sparse, but one of them has been rewound more often.
    """
    of_a, of_b = _sparsities(a), _sparsities(b)
    distances = sorted(
        (round(abs(sparsity_a - sparsity_b), 6), abs(k - n), k, n)
        for k, sparsity_a in of_a.items()
        for n, sparsity_b in of_b.items()
    )
    partner: dict[int, int] = {}
    for distance, _, k, n in distances:
        if distance <= TOLERANCE and k not in partner.values() and n not in partner:
            partner[n] = k
    return Tickets(of_a, of_b, partner)


def _sparsities(results: Results) -> dict[int, float]:
    """Of LTH0, LTH1, ...: mean over seeds, of the series that prunes most."""
    table = results.tables.get("sparsity")
    if table is None or not {"series", "k", "sparsity_excl"} <= set(table):
        raise InputError(
            f"{results.folder}/tables/sparsity.csv: missing, or without series, k, sparsity_excl; "
            "tickets are matched by it"
        )
    means = table.groupby(["series", "k"])["sparsity_excl"].mean()
    largest = means.groupby("k").max()
    return dict(zip(largest.index.tolist(), largest.tolist(), strict=True))
