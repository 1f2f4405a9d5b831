"""Which tickets are joined by segments, and what the job of a seed reads."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from ticketscope.config import Config
from ticketscope.plan.inputs import SeedWildcards
from ticketscope.plan.names import DENSE, TicketName
from ticketscope.plan.paths import Paths

# Kind, ticket, other: the columns of tables/segments.csv that tell a segment from others.
PlannedPair = tuple[str, TicketName, TicketName]


def unpruned_series(config: Config) -> list[str]:
    """Series that prune nothing: the controls. Of tickets trained elsewhere, `control`."""
    if config.external_tickets.tickets:
        return ["control"]
    return [name for name, series in config.pruning.series.items() if not series.prunes]


def same_masks(config: Config) -> dict[str, list[str]]:
    """By series, those with its mask and its way of rewinding, and another order of data.

    They are its references, and come before it in the config.
    """
    if config.external_tickets.tickets:
        return {}
    alike: dict[str, list[str]] = {name: [] for name in config.pruning.series}
    trained = {
        name: (_mask_of(config, name), recipe.kind, recipe.epochs)
        for name in alike
        for recipe in [config.recipe(name)]
    }
    for first, second in combinations(alike, 2):
        orders = {config.pruning.series[name].order_seed for name in (first, second)}
        if trained[first] == trained[second] and len(orders) == 2:
            alike[second].append(first)
    return alike


def _mask_of(config: Config, name: str) -> str:
    """The series that cuts the mask of a series, or `none`."""
    series = config.pruning.series[name]
    if not series.prunes:
        return "none"
    return series.of if series.of and series.criterion is None else name


class SegmentJobs:
    """Segments between tickets, seed by seed.

    Attributes:
        seeds: Seeds that have any.
    """

    def __init__(self, config: Config, paths: Paths, tickets: Sequence[TicketName]) -> None:
        self._config, self._paths, self._tickets = config, paths, list(tickets)
        self._chosen = self._numbers()
        self._same_masks = same_masks(config)
        self.seeds = [seed for seed in config.seeds if self.pairs(seed)]

    def pairs(self, seed: int) -> list[PlannedPair]:
        """Segments of a seed; each ends at one of its tickets.

        Those between two seeds belong to the later one in the config. Both ends exist.
        """
        kinds = self._config.behaviour.paths.kinds
        existing = set(self._tickets)
        return [
            (kind, ticket, other)
            for kind in dict.fromkeys(kinds)
            for ticket in self._tickets
            if ticket.seed == seed and ticket.k in self._chosen
            for other in self._others(kind, ticket)
            if other in existing
        ]

    def tickets(self, seed: int) -> list[TicketName]:
        """Tickets at the ends of a seed's segments, each once."""
        ends = (name for _, ticket, other in self.pairs(seed) for name in (other, ticket))
        return list(dict.fromkeys(ends))

    def settings(self, wildcards: SeedWildcards) -> dict[str, Any]:
        """What the segments of a job's seed depend on, apart from files."""
        seed, config = int(wildcards.seed), self._config
        return {
            "tickets": [list(name) for name in self.tickets(seed)],
            "pairs": [[kind, list(a), list(b)] for kind, a, b in self.pairs(seed)],
            "language": config.languages.target,
            "tokenizer": config.subwords.tokenizer,
            "max_tokens": config.behaviour.max_tokens,
        } | config.behaviour.paths.model_dump(include={"points", "translated", "sentences"})

    @property
    def tables(self) -> list[str]:
        """The table of each seed."""
        return [self._paths.segments.format(seed=seed) for seed in self.seeds]

    def _others(self, kind: str, ticket: TicketName) -> list[TicketName]:
        config = self._config
        match kind:
            case "previous":
                return [ticket.previous] if ticket.k else []
            case "control":
                controls = unpruned_series(config)
                if ticket.series in (DENSE, *controls):
                    return []
                return [ticket._replace(series=name) for name in controls]
            case "seeds":
                before = config.seeds[: config.seeds.index(ticket.seed)]
                return [ticket._replace(seed=seed) for seed in before[-1:]]
            case _:
                references = self._same_masks.get(ticket.series, [])
                return [ticket._replace(series=name) for name in references]

    def _numbers(self) -> set[int]:
        """The k of the tickets that are joined; LTH0's among them."""
        asked = self._config.behaviour.paths.tickets
        if isinstance(asked, list):
            return {0, *asked}
        known = sorted({name.k for name in self._tickets if name.k})
        places = np.linspace(0, len(known) - 1, asked) if known else np.empty(0)
        return {0, *(known[int(place + 0.5)] for place in places)}
