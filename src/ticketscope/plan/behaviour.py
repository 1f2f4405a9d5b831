"""What is asked of the tickets' behaviour, and what each of its jobs reads."""

from pathlib import Path
from typing import Any, Protocol

from ticketscope.behaviour import registry
from ticketscope.behaviour.contrast_items import SIDES, read_contrasts
from ticketscope.behaviour.contrast_sets import files_of
from ticketscope.behaviour.settings import ContrastFiles, ContrastLines, ContrastTable
from ticketscope.config import Config
from ticketscope.corpus.registry import TOY
from ticketscope.errors import InputError, hint
from ticketscope.plan.names import TicketName, TicketWildcards
from ticketscope.plan.paths import CONTRAST_MANIFEST, Paths
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.tasks.registry import TASKS
from ticketscope.runtime.files import require_file


class SetWildcards(Protocol):
    """Wildcards of a job of a contrast set."""

    set: str


def contrast_sets(config: Config) -> dict[str, str | ContrastFiles]:
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
        InputError: there is no such set, it is of other languages, or a file does not exist.
    """

    def __init__(self, config: Config, paths: Paths) -> None:
        self._config, self._paths = config, paths
        self.sets = contrast_sets(config)
        # Joining reads no set.
        if not config.joined:
            self._check()

    @property
    def subwords(self) -> list[str]:
        """Files of all sets' sides, set by set, in the order of `SIDES`."""
        folder = self._paths.contrasts
        return [
            f"{folder.format(set=name)}.{side}.subwords" for name in self.sets for side in SIDES
        ]

    def given(self, wildcards: SetWildcards) -> list[str]:
        """Files of a set: the grammar's, the manifest of a public one, or the user's own."""
        entry = self.sets[wildcards.set]
        if entry == TOY:
            return [self._paths.toy_contrasts]
        return (
            [CONTRAST_MANIFEST.format(name=entry)]
            if isinstance(entry, str)
            else files_of(entry).paths
        )

    def set_settings(self, wildcards: SetWildcards) -> dict[str, Any]:
        """What a set depends on, apart from its files."""
        entry = self.sets[wildcards.set]
        plain = entry if isinstance(entry, str) else entry.model_dump(mode="json")
        return {
            "entry": plain,
            "tokenizer": self._config.subwords.tokenizer,
        } | self._config.sections("languages")

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

    def probability_settings(self, wildcards: TicketWildcards) -> dict[str, Any]:
        """What the comparison of a ticket's predictions depends on, apart from files."""
        others = {"others": [list(name) for name in self.partners(wildcards)]}
        return others | self._config.behaviour.model_dump(include={"max_tokens", "resamples"})

    @property
    def manifests(self) -> list[str]:
        """Manifests of the public sets."""
        names = [entry for entry in self.sets.values() if isinstance(entry, str) and entry != TOY]
        return [CONTRAST_MANIFEST.format(name=name) for name in names]

    def toy_settings(self) -> dict[str, Any]:
        """What the grammar's contrasts depend on."""
        toy = self._config.corpus.toy
        return {
            "seed": toy.seed,
            "items": self._config.behaviour.items,
            "longest": toy.longest,
            "exponent": toy.exponent,
        }

    def _check(self) -> None:
        """Report what is wrong with a set now, not after an hour."""
        languages = self._config.languages
        tasks = [*TASKS, *SOURCES_OF, *self._config.probing.own]
        for name, entry in self.sets.items():
            key = f"config error: contrasts.{name}"
            if isinstance(entry, str):
                if entry != TOY:
                    try:
                        registry.find(entry)
                    except InputError as error:
                        raise InputError(f"{key}: {error}") from None
                if (languages.source, languages.target) != ("en", "de"):
                    raise InputError(
                        f"{key}: {entry} is English to German, languages are {languages.source} "
                        f"and {languages.target}"
                    )
                continue
            for task in entry.tasks if isinstance(entry, ContrastLines) else []:
                if task not in tasks:
                    raise InputError(f"{key}.tasks: unknown task {task}; {hint(task, tasks)}")
            for path in files_of(entry).paths:
                require_file(path, key)
            if isinstance(entry, ContrastTable):
                _check_table(Path(entry.file), key, tasks)


def _check_table(path: Path, key: str, tasks: list[str]) -> None:
    """Report a wrong line of the user's own table, and a task in it that nothing could probe."""
    for line, item in enumerate(read_contrasts(path), start=2):
        for task in item.tasks:
            if task not in tasks:
                place = f"{key}: {path}, line {line}"
                raise InputError(f"{place}: unknown task {task}; {hint(task, tasks)}")
