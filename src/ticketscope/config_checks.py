"""What sections of a config must not say together: some job would refuse it, hours after the start.

Each check raises ValueError, which names the key, what is wrong and what is allowed.
"""

import itertools
from typing import TYPE_CHECKING

from ticketscope.corpus.registry import TOY
from ticketscope.runtime.table_text import named
from ticketscope.tickets.fairseq_options import check_schedule, check_sizes, sizes

if TYPE_CHECKING:
    from ticketscope.config import Config

# What the claims compare, by the name of the series: its criterion, and whose mask it takes.
_CLAIMED = {
    "magnitude": ("magnitude", None),
    "random": ("random", None),
    "control": ("none", None),
    "shuffled": ("shuffled", "magnitude"),
}

# Options of the architecture, which are checked and counted where the section `model` has them.
_OF_MODEL = {
    "share-all-embeddings",
    "share-decoder-input-output-embed",
    "decoder-output-dim",
} | {
    f"{side}-{size}"
    for side in ("encoder", "decoder")
    for size in ("layers", "embed-dim", "ffn-embed-dim", "attention-heads")
}


def check(config: "Config") -> None:
    """Check a config whose sections are right, each by itself.

    Raises:
        ValueError: the first mistake.
    """
    _check_languages(config)
    _check_names(config)
    _check_claimed(config)
    _check_copies(config)
    _check_texts(config)
    _check_numbers(config)
    if not config.external_tickets.tickets:
        _check_training(config)
        _check_patterns(config)


def _check_names(config: "Config") -> None:
    tasks = config.probing.own
    for key, names in (
        ("pruning.series", config.pruning.series),
        ("external_tickets.tickets", [each.series for each in config.external_tickets.tickets]),
        ("probing.own", tasks),
        *((f"probing.own.{name}.group", [task.group]) for name, task in tasks.items()),
        ("corpus.tests", config.corpus.tests),
        ("similarity.labels", config.similarity.labels),
    ):
        for name in names:
            try:
                named(name)
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None


def _check_languages(config: "Config") -> None:
    source, target = config.languages.source, config.languages.target
    if source == target:
        raise ValueError(
            f"languages: source and target are both {source}, and so would be the names of their "
            "texts: give one of them another code"
        )


def _check_claimed(config: "Config") -> None:
    """Refuse a series by whose name the claims mean another one."""
    for name, (criterion, of) in _CLAIMED.items():
        series = config.pruning.series.get(name)
        if series is not None and (series.criterion, series.of) != (criterion, of):
            meant = f"criterion: {criterion}" + (f", of: {of}" if of else "")
            raise ValueError(
                f"pruning.series.{name}: the claims use this name for {{{meant}}}: give yours "
                "another name"
            )
    if {"magnitude", "control"} <= config.pruning.series.keys():
        pruned, control = map(config.recipe, ("magnitude", "control"))
        last = min(pruned.iterations, control.iterations)
        if (pruned.kind, pruned.epochs[:last]) != (control.kind, control.epochs[:last]):
            raise ValueError(
                "pruning.series.control: is not rewound like magnitude, but the claims assume "
                "equal training: give both the same kind and point"
            )


def _check_copies(config: "Config") -> None:
    for (first, one), (second, other) in itertools.combinations(config.pruning.series.items(), 2):
        if one == other:
            raise ValueError(
                f"pruning.series.{second}: would repeat {first}, weight by weight: change one of "
                "its settings, or use other seeds for other draws"
            )


def _check_texts(config: "Config") -> None:
    for name, texts in config.corpus.tests.items():
        key = f"corpus.tests.{name}"
        if name in ("train", "valid", "test"):
            raise ValueError(f"{key}: corpus.{name} has this name, choose another")
        if name == "subwords":
            raise ValueError(f"{key}: translations in subwords have this name, choose another")
        if name == "unseen" and texts not in (TOY, [TOY]):
            raise ValueError(f"{key}: the grammar's text has this name, choose another")
        if texts == []:
            raise ValueError(f"{key}: lists no text")
    for name, source in config.similarity.labels.items():
        if name == "frequency":
            raise ValueError(
                "similarity.labels.frequency: the frequency bins have this name, choose another"
            )
        if isinstance(source, list) and not (source and source[0]):
            raise ValueError(f"similarity.labels.{name}: names no command")


def _check_numbers(config: "Config") -> None:
    """Refuse tickets, by k, that no series has."""
    external = config.external_tickets.tickets
    numbers = [ticket.k for ticket in external] or [
        config.recipe(series).iterations for series in config.pruning.series
    ]
    last = max(numbers, default=0)
    behaviour = config.behaviour
    for key, asked in (
        ("probing", config.probing.tickets),
        ("behaviour.erase", behaviour.erase.tickets),
        ("behaviour.paths", behaviour.paths.tickets),
        ("behaviour.sensitivity", behaviour.sensitivity.tickets),
        ("cost", config.cost.tickets),
    ):
        if isinstance(asked, list) and max(asked, default=0) > last:
            cause = "external_tickets" if external else "pruning.iterations"
            raise ValueError(f"{key}.tickets: the last ticket is LTH{last} ({cause})")


def _check_training(config: "Config") -> None:
    training, model = config.training, config.model
    for name in training.extra:
        if name in _OF_MODEL:
            raise ValueError(
                f"training.extra: {name} belongs to the architecture: give it in model.overrides"
            )
    options = model.overrides | training.extra
    check_schedule(training.lr_scheduler, training.warmup_updates, options)
    try:
        check_sizes(model.arch, options)
    except ValueError as error:
        raise ValueError(f"model.overrides: {error}") from None


def _check_patterns(config: "Config") -> None:
    inputs = {
        option: size
        for option, size in sizes(config.model.arch, config.model.overrides).items()
        if option.endswith("embed-dim")
    }
    for name, series in config.pruning.series.items():
        if series.pattern is None:
            continue
        _, group = series.pattern
        for option, size in inputs.items():
            if size % group:
                raise ValueError(
                    f"pruning.series.{name}.scope: {series.scope} needs multiples of {group}, and "
                    f"{option} is {size}"
                )
