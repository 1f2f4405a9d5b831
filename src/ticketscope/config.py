"""The experiment's settings: one typed model, from which everything said about them is made.

Defaults, the commented config.yaml, the JSON schema and docs/reference/configuration.md all come
from `Config` (`python -m ticketscope.config_pages` writes them; a test keeps them equal). The
defaults are the embedded experiment, `toy`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from ticketscope import config_checks, config_errors, config_files
from ticketscope.behaviour.settings import Behaviour, ContrastSets
from ticketscope.corpus.registry import TOY
from ticketscope.corpus.settings import Corpus, Subwords
from ticketscope.cost.settings import Cost
from ticketscope.errors import InputError, hint
from ticketscope.external.settings import ExternalTickets
from ticketscope.probing.settings import UNTRAINED, Probing
from ticketscope.representations.settings import Representations
from ticketscope.settings import Languages, Name, Section
from ticketscope.similarity.settings import Similarity
from ticketscope.tickets.settings import Model, Pruning, Recipe, Rewinding, Training
from ticketscope.translation.settings import Decoding, Scoring


class Config(Section):
    """One experiment."""

    experiment: Annotated[Name, Field(max_length=100)] = Field(
        "toy", description="Name of the experiment; results go to `results/<experiment>/`."
    )
    seeds: list[Annotated[int, Field(ge=0, le=1_000_000_000)]] = Field(
        [1, 2, 3],
        min_length=1,
        description="Seeds of initialisation and data order; each has its own LTH0, the dense "
        "model. Verdicts need three. With external_tickets, the default is those tickets' seeds.",
    )
    joined: list[str] = Field(
        [],
        description="Folders of finished experiments, or archives of them, whose seeds become one "
        "experiment (docs/run/joined.md). Its settings are theirs, and nothing is trained.",
    )
    languages: Languages = Field(default_factory=Languages)
    mirror: str | None = Field(
        None,
        description="Folder searched before any download. The environment variable "
        "TICKETSCOPE_MIRROR has the same effect.",
    )
    corpus: Corpus = Field(default_factory=Corpus)
    subwords: Subwords = Field(default_factory=Subwords)
    model: Model = Field(default_factory=Model)
    training: Training = Field(default_factory=Training)
    pruning: Pruning = Field(default_factory=Pruning)
    rewinding: Rewinding = Field(default_factory=Rewinding)
    external_tickets: ExternalTickets = Field(default_factory=ExternalTickets)
    decoding: Decoding = Field(default_factory=Decoding)
    scoring: Scoring = Field(default_factory=Scoring)
    representations: Representations = Field(default_factory=Representations)
    contrasts: ContrastSets = Field(
        {TOY: TOY},
        description="Contrast sets, by name: `toy` (the grammar's), one of the registry, or files "
        "of your own (docs/extend/contrast-set.md). null removes one; the grammar's is left out "
        "if train is another text.",
    )
    behaviour: Behaviour = Field(default_factory=Behaviour)
    cost: Cost = Field(default_factory=Cost)
    similarity: Similarity = Field(default_factory=Similarity)
    probing: Probing = Field(default_factory=Probing)

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        k = self.pruning.iterations
        for key, value in (
            ("pruning.fraction", self.pruning.fraction),
            ("rewinding.point", self.rewinding.point),
        ):
            if isinstance(value, list) and len(value) != k:
                raise ValueError(
                    f"{key} lists {len(value)} values, pruning.iterations is {k}: give one for "
                    "each iteration, or a single number"
                )
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must differ from each other, given {self.seeds}")
        for name in self.training.extra.keys() & self.model.overrides.keys():
            raise ValueError(f"training.extra: {name} is among model.overrides too: give it once")
        owners = {"dense": "LTH0's", UNTRAINED: "the random encoder's", "paper": "the paper's"}
        for name, owner in owners.items():
            if name in self.pruning.series:
                raise ValueError(f"pruning.series: the name {name} is {owner}, choose another")
        self._check_series()
        external = self.external_tickets.tickets
        all_series = {ticket.series for ticket in external} or self.pruning.series.keys()
        for name in self.probing.series if self.probing.series != "all" else []:
            if name not in all_series:
                raise ValueError(
                    f"probing.series: there is no series {name}; {hint(name, all_series)}"
                )
        if self.training.average_checkpoints > self.training.max_epoch - max(
            self.rewind_epochs, default=0
        ):
            raise ValueError(
                "training.average_checkpoints is more than the epochs that a ticket is retrained"
            )
        config_checks.check(self)
        return self

    @model_validator(mode="after")
    def _texts_and_tickets_agree(self) -> Self:
        external, subwords = self.external_tickets, self.subwords
        if external.codes and subwords.codes:
            raise ValueError("subwords.codes: leave it out, since external_tickets.codes is used")
        if subwords.tokenizer == "sentencepiece" and self.codes is None:
            key = "external_tickets" if external.tickets else "subwords"
            raise ValueError(
                f"{key}.codes: subwords.tokenizer is sentencepiece: give its model's file"
            )
        for split in ("train", "valid", "test"):
            if getattr(self.corpus, split) == [] and not (split == "train" and external.tickets):
                raise ValueError(f"corpus.{split}: lists no text")
        if not external.tickets:
            return self
        if self.seeds == type(self).model_fields["seeds"].default:
            object.__setattr__(self, "seeds", external.seeds)  # the model is frozen when it is made
        if external.seeds != sorted(self.seeds):
            raise ValueError(
                f"seeds: given {self.seeds}, external_tickets has the seeds {external.seeds}: list "
                "those"
            )
        if any(ticket.series == UNTRAINED for ticket in external.tickets):
            raise ValueError(
                f"external_tickets.tickets: the series name {UNTRAINED} is the random encoder's, "
                "choose another"
            )
        if self.corpus.train == TOY and self.corpus.test != TOY:
            raise ValueError(
                "corpus.train: is the default, toy, but corpus.test is not: name the text that "
                "external_tickets were trained on, or none: []"
            )
        return self

    @property
    def codes(self) -> str | None:
        """File of given BPE merges, or of SentencePiece's model; None: BPE is learned."""
        return self.external_tickets.codes or self.subwords.codes

    @property
    def source_positions(self) -> int:
        """Most subwords of a source sentence, EOS included; 1024 is fairseq's own default."""
        options = self.model.overrides | self.training.extra
        # False leaves any option out.
        return int(options.get("max-source-positions") or 1024)

    def sections(self, *names: str) -> dict[str, Any]:
        """The named sections as plain values, which Snakemake can compare."""
        return self.model_dump(mode="json", include=set(names))

    def _check_series(self) -> None:
        for name, series in self.pruning.series.items():
            if series.of is not None:
                source = self.pruning.series.get(series.of)
                if source is None or source.of is not None or not source.prunes:
                    cutting = [
                        other
                        for other, entry in self.pruning.series.items()
                        if entry.of is None and entry.prunes
                    ]
                    raise ValueError(
                        f"pruning.series.{name}.of: {series.of} is no series that cuts a mask of "
                        f"its own; those are {', '.join(cutting) or 'none'}"
                    )
            try:
                recipe = self.recipe(name)
                source_recipe = self.recipe(series.of or name)
            except ValueError as error:
                raise ValueError(f"pruning.series.{name}: {error}") from None
            if recipe.iterations > source_recipe.iterations:
                raise ValueError(
                    f"pruning.series.{name}.iterations: is {recipe.iterations}, and {series.of}, "
                    f"whose masks it takes, has {source_recipe.iterations}"
                )

    def recipe(self, series: str) -> Recipe:
        """How the tickets of a series are made: its own settings over the experiment's."""
        return Recipe.of(
            self.pruning.series[series], self.pruning, self.rewinding, self.training.max_epoch
        )

    @property
    def rewind_epochs(self) -> list[int]:
        """All epochs whose end some ticket rewinds to, ascending."""
        epochs = {epoch for series in self.pruning.series for epoch in self.recipe(series).epochs}
        return sorted(epochs - {0})

    def epochs_seen(self, series: str, k: int) -> int:
        """Epochs of training behind ticket k of a series, the dense ones included.

        The same for all series of one recipe, which is what makes `control` a control. With rewound
        weights an epoch that was undone is counted too: it was paid for, and it chose the mask.
        """
        m = self.training.max_epoch
        return m + sum(m - epoch for epoch in self.recipe(series).epochs[:k])


def merge(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """`base` changed by `overlay`: mappings merge key by key, anything else is replaced.

    Lists are replaced whole. This is what snakemake does with --configfile over config.yaml.
    """
    merged = dict(base)
    for key, value in overlay.items():
        old = merged.get(key)
        merged[key] = (
            merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """An overlay over the defaults, for a workflow that uses ours as a module.

    Such a workflow passes its config without our config.yaml, so that `pruning.series` and other
    mappings with free names would lack what it does not name. Of a config that has been merged with
    config.yaml already, nothing changes.
    """
    return merge(Config().model_dump(mode="json"), given)


def load(*paths: str | Path) -> Config:
    """Read YAML files, each an overlay on those before, into a validated config."""
    merged: dict[str, Any] = {}
    for path in map(Path, paths):
        merged = merge(merged, config_files.read(path))
    return validate(merged)


def validate(given: Mapping[str, Any]) -> Config:
    """Check a merged mapping; a key that is null counts as not given.

    Raises:
        InputError: one line: the first wrong key, what was given, what is allowed.
    """
    config_files.check_values(given)
    named = _without_null(given)
    try:
        config = Config.model_validate(named)
    except ValidationError as error:
        explained = config_errors.explain(error, named, Config)
        raise InputError(f"config error: {explained}") from None
    # Once more, now that '1e999' is a number.
    config_files.check_values(config.model_dump())
    return config


def _without_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_null(item) for key, item in value.items() if item is not None}
    return value
