"""Which finished experiments a joined one is made of, what they are asked for, and its config."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ticketscope.config import Config, validate
from ticketscope.errors import InputError
from ticketscope.joined.record import read_record
from ticketscope.joined.unpacking import unpacked
from ticketscope.plan.behaviour import contrast_sets
from ticketscope.plan.erasure import erased_tasks
from ticketscope.plan.paths import Paths
from ticketscope.plan.segments import SegmentJobs
from ticketscope.plan.sensitivity import SensitivityJobs
from ticketscope.plan.tickets import tickets_of
from ticketscope.runtime import recorded
from ticketscope.runtime.files import refuse_braces
from ticketscope.runtime.text import readable

# Tables of observations below tables/: what cannot be made again without the tickets.
OBSERVED = (
    "corpus.csv", "sparsity.csv", "module_sparsity.csv", "mask_overlap.csv", "dead_units.csv",
    "ranks.csv", "similarity.csv", "spectra.csv", "attention_concentration.csv", "categories.csv",
    "neuron_maxima.npz", "probabilities.csv", "words.csv", "lengths.csv", "decoding.csv",
    "flips.csv", "flip_resamples.csv", "answers.npz", "answer_units.csv", "cost.csv", "speed.csv",
)  # fmt: skip
PROBED = ("probes.csv", "probe_statistics.npz")
CONTRASTED = ("contrasts.csv", "contrast_items.csv", "contrast_margins.npz")
ERASED = ("erasure.csv",)
SEGMENTS = ("segments.csv", "barriers.csv")
SILENCED = ("sensitivity.csv",)
FURTHER = ("further_tests.csv", "further_words.csv", "further_lengths.csv", "further_decoding.csv")
SCORED = ("bleu/seed{seed}.csv", "bleu/seed{seed}.resamples.csv")

# Settings that may differ: names, and what decides no number. `external_tickets` are compared by
# series and k.
NEUTRAL = {
    "experiment", "seeds", "joined", "mirror", "training.log_interval",
    "training.save_interval_updates", "external_tickets.data", "external_tickets.codes",
    "external_tickets.tickets", "representations.keep", "representations.texts", "probing.folder",
    "probing.keep_weights",
}  # fmt: skip
_UNSET = "not given"
_SHOWN = 3  # differences that a message lists


@dataclass(frozen=True)
class Part:
    """A finished experiment.

    Attributes:
        folder: Of its results. Tables and provenance.json are all that is read of it.
        record: Its provenance.
        config: Its config, as it was recorded.
    """

    folder: Path
    record: Mapping[str, Any]
    config: Config

    @property
    def seeds(self) -> list[int]:
        return self.config.seeds

    @property
    def tasks(self) -> list[str]:
        """Its probing tasks."""
        tasks: list[str] = self.record["probing"]["tasks"]
        return tasks

    @property
    def tables(self) -> list[str]:
        """Its tables of observations, below tables/."""
        return table_names(self.config, probed=self.tasks)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What its numbers depend on, by dotted key."""
        settings = _leaves(self.config.model_dump(mode="json"))
        names = {(ticket.series, ticket.k) for ticket in self.config.external_tickets.tickets}
        tickets = {"external_tickets": ", ".join(f"{name} LTH{k}" for name, k in sorted(names))}
        return {key: value for key, value in settings.items() if not _is_neutral(key)} | tickets

    @cached_property
    def corpus(self) -> dict[str, Any]:
        """tables/corpus.csv by split, language and column."""
        recorded.verify(self.folder / "tables", self.record, ["corpus.csv"])
        path = self.folder / "tables/corpus.csv"
        with readable(path, str(path)), path.open(encoding="utf-8", newline="") as stream:
            return {
                f"{row['split']}.{row['language']} {column}": value
                for row in csv.DictReader(stream)
                for column, value in row.items()
            }


def table_names(config: Config, *, probed: Sequence[str]) -> list[str]:
    """Tables of observations of an experiment with these probing tasks, below tables/."""
    scored = [name.format(seed=seed) for seed in config.seeds for name in SCORED]
    contrasted = CONTRASTED if contrast_sets(config) else ()
    further = FURTHER if config.corpus.tests else ()
    learned = ("comet.csv",) if config.scoring.comet else ()
    erased = ERASED if erased_tasks(config, probed) else ()
    paths, tickets = Paths.of(config.experiment), tickets_of(config)
    segments = SEGMENTS if SegmentJobs(config, paths, tickets).seeds else ()
    silenced = SILENCED if SensitivityJobs(config, paths, tickets).seeds else ()
    probes = PROBED if probed else ()
    return [
        *OBSERVED, *contrasted, *probes, *erased, *segments, *silenced, *scored, *further, *learned
    ]  # fmt: skip


def seeds_in(name: str, seeds: list[int]) -> list[int]:
    """Of an experiment's seeds, those in its table `name`: BLEU has a table for each seed."""
    scored = [seed for seed in seeds if name in [part.format(seed=seed) for part in SCORED]]
    return scored or seeds


def read_part(folder: Path) -> Part:
    """A finished experiment.

    Raises:
        InputError: it is not finished or damaged, or of a version that recorded too little.
    """
    record = read_record(folder)
    try:
        config = validate(record["config"])
    except InputError as error:
        raise InputError(f"{folder}/provenance.json: {error}") from None
    part = Part(folder, record, config)
    for name in part.tables:
        if not (folder / "tables" / name).is_file():
            raise InputError(f"{folder}/tables/{name} does not exist; copy all of tables/")
    return part


def find_part(path: Path) -> Part:
    """A finished experiment in a folder or an archive, as `read_part`."""
    return read_part(unpacked(path, read_part) if path.is_file() else path)


def resolve(config: Config) -> tuple[Config, list[Part]]:
    """The config of a joined experiment: the recipe of its parts, and all their seeds.

    Args:
        config: As the user wrote it, over the defaults. What is not the default must agree with the
            parts.

    Returns:
        The config and the parts; of an experiment that joins nothing, the same config and none.

    Raises:
        InputError: the parts do not fit together, or not with the config; one line.
    """
    if not config.joined:
        return config, []
    results = Path(Paths.of(config.experiment).results)
    if (results / "tickets").exists() or results in map(Path, config.joined):
        raise InputError(
            f"config error: experiment: {results} is an experiment with tickets of its own; give "
            "the joined one another name"
        )
    for name in config.joined:
        refuse_braces(name, "config error: joined")
    try:
        parts = [find_part(Path(path)) for path in config.joined]
    except InputError as error:
        raise InputError(f"config error: joined: {error}") from None
    for number, part in enumerate(parts):
        for other in parts[:number]:
            if twice := sorted(set(part.seeds) & set(other.seeds)):
                raise InputError(
                    f"config error: joined: {part.folder} and {other.folder} both have seed "
                    f"{twice[0]}"
                )
        _check_fit(part, parts[0])
    seeds = sorted(seed for part in parts for seed in part.seeds)
    recipe = parts[0].config.model_dump(mode="json")
    _check_stated(config, recipe | {"seeds": seeds}, parts[0])
    names = {"experiment": config.experiment, "joined": config.joined, "mirror": config.mirror}
    resolved = recipe | names | {"seeds": seeds}
    # Different files may have had the same path, each on its machine.
    resolved["external_tickets"]["tickets"] = [
        ticket | {"checkpoint": f"{part.folder}: {ticket['checkpoint']}"}
        for part in parts
        for ticket in part.config.model_dump(mode="json")["external_tickets"]["tickets"]
    ]
    return validate(resolved), parts


def other_code(part: Mapping[str, Any], first: Mapping[str, Any]) -> list[str]:
    """Rules whose code measured the tickets of one provenance in another version than the first's.

    The numbers may still be the same: a fingerprint changes with every line that a rule reaches.
    """
    rules = {**part["measured_by"], **first["measured_by"]}
    return [
        rule for rule in rules if part["measured_by"].get(rule) != first["measured_by"].get(rule)
    ]


def _check_fit(part: Part, first: Part) -> None:
    """Refuse a part with another recipe, training or text than the first."""
    for kind, these, those in (
        ("settings", part.settings, first.settings),
        (
            "way of training",
            {"TRAINING_VERSION": part.record["training_version"]},
            {"TRAINING_VERSION": first.record["training_version"]},
        ),
        ("corpus", part.corpus, first.corpus),
        (
            "probing tasks",
            dict.fromkeys(part.tasks, "probed"),
            dict.fromkeys(first.tasks, "probed"),
        ),
    ):
        if differing := _differing(these, those):
            raise InputError(
                f"config error: joined: {part.folder} differs from {first.folder} in its {kind}: "
                f"{differing}"
            )


def _check_stated(config: Config, recipe: Mapping[str, Any], first: Part) -> None:
    """Refuse a setting that the user has changed and the parts do not have."""
    stated = _leaves(config.model_dump(mode="json"))
    defaults, recorded = _leaves(Config().model_dump(mode="json")), _leaves(recipe)
    keys = [
        key
        for key in {**stated, **defaults}
        if stated.get(key, _UNSET) != defaults.get(key, _UNSET)
        and (key == "seeds" or not _is_neutral(key))
    ]
    asked = {key: stated.get(key, _UNSET) for key in keys}
    if differing := _differing(asked, {key: recorded.get(key, _UNSET) for key in keys}):
        raise InputError(
            f"config error: the config differs from the experiments in joined ({first.folder}): "
            f"{differing}; leave it out"
        )


def _differing(these: Mapping[str, Any], those: Mapping[str, Any]) -> str:
    """What differs, in words; empty if nothing does."""
    differences = [
        f"{key} is {these.get(key, _UNSET)} here, {those.get(key, _UNSET)} there"
        for key in {**those, **these}
        if these.get(key, _UNSET) != those.get(key, _UNSET)
    ]
    more = f" (and {len(differences) - _SHOWN} more)" if len(differences) > _SHOWN else ""
    return "; ".join(differences[:_SHOWN]) + more


def _is_neutral(key: str) -> bool:
    return key in NEUTRAL or key.startswith("representations.texts.")


def _leaves(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Values by dotted key."""
    return dict(_pairs(value, prefix))


def _pairs(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _pairs(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", inner
