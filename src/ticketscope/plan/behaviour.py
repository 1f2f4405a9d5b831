"""What is asked of the tickets' behaviour, and what each of its jobs reads."""

from pathlib import Path
from typing import Any, Protocol

from ticketscope.behaviour.contrast_items import SIDES
from ticketscope.config import Config
from ticketscope.corpus.registry import TOY
from ticketscope.errors import InputError
from ticketscope.plan.names import TicketName, TicketWildcards
from ticketscope.plan.paths import Paths


class SetWildcards(Protocol):
    """Wildcards of a job of a contrast set."""

    set: str


def contrast_sets(config: Config) -> dict[str, str]:
    """The contrast sets that an experiment scores, by name.

    The grammar's is left out where train is another text: its words would be unknown.
    """
    grammar = TOY in config.corpus.texts("train")
    return {name: entry for name, entry in config.contrasts.items() if entry != TOY or grammar}


class BehaviourJobs:
    """Contrast sets, and the partners of a ticket's predictions.

    Attributes:
        sets: Contrast sets that this experiment scores, by name.

    Raises:
        InputError: a file of contrasts does not exist.
    """

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths
        self.sets = contrast_sets(config)
        for name, entry in self.sets.items():
            if entry != TOY and not config.joined and not Path(entry).is_file():
                raise InputError(f"config error: contrasts.{name}: {entry} does not exist")

    @property
    def subwords(self) -> list[str]:
        """Files of all sets' sides, set by set, in the order of `SIDES`."""
        folder = self._paths.contrasts
        return [
            f"{folder.format(set=name)}.{side}.subwords" for name in self.sets for side in SIDES
        ]

    def given(self, wildcards: SetWildcards, grammar: str) -> str:
        """The file that a set is read from; `grammar` has those of the grammar."""
        entry = self.sets[wildcards.set]
        return grammar if entry == TOY else entry

    @property
    def items(self) -> list[str]:
        """The sets' files."""
        return [f"{self._paths.contrasts.format(set=name)}.tsv" for name in self.sets]

    def partners(self, wildcards: TicketWildcards) -> list[TicketName]:
        """What a ticket's predictions are compared with: LTH0; of LTH0, those of seeds before."""
        name, seeds = TicketName.of(wildcards), self._config.seeds
        if name.k:
            return [name.dense]
        return [TicketName(seed, *name[1:]) for seed in seeds[: seeds.index(name.seed)]]

    def partner_checkpoints(self, wildcards: TicketWildcards, pattern: str) -> list[str]:
        """Their checkpoints, of the pattern by which tickets decode."""
        return [name.fill(pattern) for name in self.partners(wildcards)]

    def toy_settings(self) -> dict[str, Any]:
        """What the grammar's contrasts depend on."""
        toy = self._config.corpus.toy
        return {
            "seed": toy.seed,
            "items": self._config.behaviour.items,
            "longest": toy.longest,
            "exponent": toy.exponent,
        }
