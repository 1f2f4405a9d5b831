"""The tasks of the free suite as data: sources, conversion, how each differs from the paper's."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType

from ticketscope.errors import InputError
from ticketscope.probing.free import (
    archives,
    conjuncts,
    coreference,
    documents,
    factuality,
    skeletons,
    wescience,
)
from ticketscope.probing.free.names import SOURCES_OF
from ticketscope.probing.free.sources import find
from ticketscope.probing.free.splits import SPLITS
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import conllu, semtags, streusle

Splits = Mapping[str, Iterable[Instance]]


@dataclass(frozen=True)
class Inputs:
    """Where a task's sources lie, and an empty folder to work in."""

    folder: Path
    work: Path

    def path(self, source: str, role: str) -> Path:
        """A file of a source."""
        return self.folder / find(source).file(role).path

    def paths(self, source: str) -> dict[str, Path]:
        """A source's files that are splits already."""
        return {split: self.path(source, split) for split in SPLITS}

    def members(self, source: str) -> dict[str, bytes]:
        """What is read from a source that is an archive."""
        return archives.members(self.path(source, "all"), find(source).file("all"))


@dataclass(frozen=True)
class Made:
    """A task's instances; `left_out` says by name why something of the source is not in it."""

    splits: Splits
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FreeTask:
    """A task: its name, that of the paper's task (for metric and decoding), how it is made.

    `relation` to the paper's data: own data, close substitute or substitute; `differs` says how.
    """

    id: str
    paper: str
    make: Callable[[Inputs], Made]
    relation: str
    differs: str

    @property
    def sources(self) -> tuple[str, ...]:
        return SOURCES_OF[self.id]


def _per_split(source: str, read: Callable[[Path], Iterator[Instance]]) -> Callable[[Inputs], Made]:
    """A source with files for train, dev and test."""
    return lambda inputs: Made({s: read(path) for s, path in inputs.paths(source).items()})


def _grouped(found: Iterable[tuple[str, Instance]]) -> Made:
    splits: dict[str, list[Instance]] = {split: [] for split in SPLITS}
    for split, instance in found:
        splits[split].append(instance)
    return Made(splits)


def _chunks(inputs: Inputs) -> Made:
    archive = inputs.path("conll2000", "all")
    for split in ("train", "test"):
        text = archives.member(archive, f"conll2000/{split}.txt")
        (inputs.work / f"{split}.txt").write_bytes(text)
    return _grouped(documents.chunks(inputs.work / "train.txt", inputs.work / "test.txt"))


def _entities(inputs: Inputs) -> Made:
    return _grouped(documents.entities(inputs.path("wikigold", "all")))


def _errors(inputs: Inputs) -> Made:
    return _grouped(documents.errors(inputs.path("realec", "all")))


def _joined(inputs: Inputs) -> tuple[list[skeletons.Joined], dict[str, str]]:
    found = skeletons.read_skeletons(inputs.members("propbank"))
    return skeletons.join(found, inputs.paths("ud_ewt"))


def _parents(inputs: Inputs, ancestor: int) -> Made:
    joined, left_out = _joined(inputs)
    found = _grouped((one.split, skeletons.parents(one, ancestor)) for one in joined)
    return Made(found.splits, left_out)


def _conjuncts(inputs: Inputs) -> Made:
    joined, left_out = _joined(inputs)
    found = _grouped(
        (one.split, Instance(one.skeleton.name, one.tokens, tags))
        for one in joined
        if (tags := conjuncts.tags(one.skeleton.tree)) is not None
    )
    return Made(found.splits, left_out)


def _factuality(inputs: Inputs) -> Made:
    package = inputs.path("decomp", "all")
    return Made({split: factuality.read(package, split) for split in SPLITS})


def _semantic(inputs: Inputs, arcs: bool) -> Made:
    left_out: dict[str, str] = {}
    sentences = list(wescience.sentences(inputs.members("wescience"), left_out))
    make = wescience.arcs if arcs else wescience.relations
    return Made({s: make([one for one in sentences if one.split == s]) for s in SPLITS}, left_out)


def _coreference(inputs: Inputs) -> Made:
    found = inputs.members("ontogum")
    paths = coreference.split_files(found, inputs.path("ontogum", "splits"), inputs.work)
    return Made({split: coreference.read(paths[split]) for split in SPLITS})


_EWT = "UD English EWT 2.2 (web text) for the Penn Treebank"
_TREES = (
    "gold trees of the English Web Treebank, from PropBank's skeletons, with UD EWT's words, "
    "for the Penn Treebank"
)
_PMB = "Parallel Meaning Bank 4.0.0, gold, short sentences, for {}"
_DM = (
    "WeScience (Wikipedia) analysed by the English Resource Grammar, as arcs between words by "
    "this project's rule, for DM on the Wall Street Journal"
)
_SNACS = "STREUSLE 4.7, the paper's corpus with later labels"


def _tasks() -> Iterator[FreeTask]:
    upos = partial(conllu.read_tags, column="upos")
    yield FreeTask(
        "POS",
        "POS",
        _per_split("ud_ewt", conllu.read_tags),
        "substitute",
        f"XPOS of {_EWT}; the tagset is PTB's with a few additions",
    )
    yield FreeTask(
        "UPOS",
        "POS",
        _per_split("ud_ewt", upos),
        "substitute",
        f"universal tags of {_EWT}; not in the paper",
    )
    yield FreeTask(
        "CCG",
        "CCG",
        _per_split("pmb", partial(semtags.read, column=5)),
        "substitute",
        _PMB.format("CCGbank; other categories than CCGbank's"),
    )
    for level, name in enumerate(("Parent", "GParent", "GGParent"), start=1):
        yield FreeTask(name, name, partial(_parents, ancestor=level), "close substitute", _TREES)
    yield FreeTask(
        "Chunk",
        "Chunk",
        _chunks,
        "own data but for dev",
        "CoNLL-2000 as in the paper; dev is the last tenth of train (there: WSJ 19)",
    )
    yield FreeTask(
        "NER",
        "NER",
        _entities,
        "substitute",
        "wikigold (Wikipedia), the same four types, for CoNLL-2003; split by document",
    )
    yield FreeTask(
        "GED",
        "GED",
        _errors,
        "close substitute",
        "REALEC as in MultiGED-2023 for FCE; shuffled sentences, split by sentence",
    )
    yield FreeTask(
        "Conj",
        "Conj",
        _conjuncts,
        "substitute",
        f"coordinations by rule in {_TREES} with its extension",
    )
    yield FreeTask(
        "SynPred",
        "SynPred",
        _per_split("ud_ewt", conllu.read_arcs),
        "substitute",
        f"{_EWT}; UD v2, gold",
    )
    yield FreeTask(
        "SynClass",
        "SynClass",
        _per_split("ud_ewt", conllu.read_relations),
        "substitute",
        f"{_EWT}; UD v2, gold",
    )
    yield FreeTask(
        "ST",
        "ST",
        _per_split("pmb", partial(semtags.read, column=4)),
        "substitute",
        _PMB.format("the silver tags of the Groningen Meaning Bank"),
    )
    for name, mode in (("PS-Fxn", "function"), ("PS-Role", "role")):
        yield FreeTask(
            name,
            name,
            _per_split("streusle", partial(streusle.read, mode=mode)),
            "own data, later release",
            _SNACS,
        )
    yield FreeTask(
        "EF",
        "EF",
        _factuality,
        "own data",
        "UDS-It-Happened 2 with UD EWT 1.2 as the package decomp carries them",
    )
    yield FreeTask("SemPred", "SemPred", partial(_semantic, arcs=True), "substitute", _DM)
    yield FreeTask("SemClass", "SemClass", partial(_semantic, arcs=False), "substitute", _DM)
    yield FreeTask(
        "Coref",
        "Coref",
        _coreference,
        "substitute",
        "OntoGUM (GUM in OntoNotes guidelines) for OntoNotes 5; without documents whose "
        "words are masked, and without GENTLE, the test set of other genres",
    )


FREE_TASKS: Mapping[str, FreeTask] = MappingProxyType({task.id: task for task in _tasks()})


def find_task(name: str) -> FreeTask:
    """The task of that name."""
    if name not in FREE_TASKS:
        raise InputError(f"unknown task {name} of the free suite; known: {', '.join(FREE_TASKS)}")
    return FREE_TASKS[name]
