"""The tasks of the free suite: sources, conversion, and differences from the paper's data."""

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
    """Folder of the sources, and an empty folder for temporary files."""

    folder: Path
    work: Path

    def path(self, source: str, role: str) -> Path:
        """A file of a source."""
        return self.folder / find(source).file(role).path

    def paths(self, source: str) -> dict[str, Path]:
        """The files of a source that has a file for each split."""
        return {split: self.path(source, split) for split in SPLITS}

    def members(self, source: str) -> dict[str, bytes]:
        """Contents of the members of a source that is an archive."""
        return archives.members(self.path(source, "all"), find(source).file("all"))


@dataclass(frozen=True)
class Conversion:
    """Instances of a task; `left_out` gives the reason for each omitted sentence, by name."""

    splits: Splits
    left_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FreeTask:
    """A task of the free suite.

    Attributes:
        id: Its name.
        convert: Converts the sources.
        relation: Relation to the paper's data: own data, close substitute or substitute.
        differs: Difference from the paper's data, in words.
        paper: Id of the paper's task that gives metric and kind; None: the same id.
    """

    id: str
    convert: Callable[[Inputs], Conversion]
    relation: str
    differs: str
    paper: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return SOURCES_OF[self.id]


def _per_split(
    source: str, read: Callable[[Path], Iterator[Instance]]
) -> Callable[[Inputs], Conversion]:
    """Conversion of a source with files for train, dev and test."""
    return lambda inputs: Conversion({s: read(path) for s, path in inputs.paths(source).items()})


def _adpositions(mode: streusle.Mode) -> Callable[[Inputs], Conversion]:
    return _per_split("streusle", partial(streusle.read, mode=mode))


def _grouped(
    instances: Iterable[tuple[str, Instance]], left_out: Mapping[str, str] | None = None
) -> Conversion:
    splits: dict[str, list[Instance]] = {split: [] for split in SPLITS}
    for split, instance in instances:
        splits[split].append(instance)
    return Conversion(splits, left_out or {})


def _chunks(inputs: Inputs) -> Conversion:
    archive = inputs.path("conll2000", "all")
    for split in ("train", "test"):
        text = archives.member(archive, f"conll2000/{split}.txt")
        (inputs.work / f"{split}.txt").write_bytes(text)
    return _grouped(documents.chunks(inputs.work / "train.txt", inputs.work / "test.txt"))


def _entities(inputs: Inputs) -> Conversion:
    return _grouped(documents.entities(inputs.path("wikigold", "all")))


def _errors(inputs: Inputs) -> Conversion:
    return _grouped(documents.errors(inputs.path("realec", "all")))


def _joined(inputs: Inputs) -> tuple[list[skeletons.Joined], dict[str, str]]:
    trees = skeletons.read_skeletons(inputs.members("propbank"))
    return skeletons.join(trees, inputs.paths("ud_ewt"))


def _parents(inputs: Inputs, ancestor: int) -> Conversion:
    joined, left_out = _joined(inputs)
    instances = ((sentence.split, skeletons.parents(sentence, ancestor)) for sentence in joined)
    return _grouped(instances, left_out)


def _conjuncts(inputs: Inputs) -> Conversion:
    joined, left_out = _joined(inputs)
    instances = (
        (
            sentence.split,
            Instance(
                sentence.skeleton.name, sentence.tokens, tags, document=sentence.skeleton.document
            ),
        )
        for sentence in joined
        if (tags := conjuncts.tags(sentence.skeleton.tree)) is not None
    )
    return _grouped(instances, left_out)


def _factuality(inputs: Inputs) -> Conversion:
    package = inputs.path("decomp", "all")
    return Conversion({split: factuality.read(package, split) for split in SPLITS})


def _semantic(
    inputs: Inputs, make: Callable[[Iterable[wescience.Sentence]], Iterator[Instance]]
) -> Conversion:
    left_out: dict[str, str] = {}
    sentences = list(wescience.sentences(inputs.members("wescience"), left_out))
    by_split = {split: [s for s in sentences if s.split == split] for split in SPLITS}
    return Conversion({split: make(by_split[split]) for split in SPLITS}, left_out)


def _coreference(inputs: Inputs) -> Conversion:
    members = inputs.members("ontogum")
    paths = coreference.split_files(members, inputs.path("ontogum", "splits"), inputs.work)
    return Conversion({split: coreference.read(paths[split]) for split in SPLITS})


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


_ALL = (
    FreeTask(
        "POS", _per_split("ud_ewt", conllu.read_tags), "substitute",
        f"XPOS of {_EWT}; the tagset is PTB's with a few additions",
    ),
    FreeTask(
        "UPOS", _per_split("ud_ewt", partial(conllu.read_tags, column="upos")), "substitute",
        f"universal tags of {_EWT}; not in the paper",
        paper="POS",
    ),
    FreeTask(
        "CCG", _per_split("pmb", partial(semtags.read, column=5)), "substitute",
        _PMB.format("CCGbank; other categories than CCGbank's"),
    ),
    FreeTask("Parent", partial(_parents, ancestor=1), "close substitute", _TREES),
    FreeTask("GParent", partial(_parents, ancestor=2), "close substitute", _TREES),
    FreeTask("GGParent", partial(_parents, ancestor=3), "close substitute", _TREES),
    FreeTask(
        "Chunk", _chunks, "own data but for dev",
        "CoNLL-2000 as in the paper; dev is the last tenth of train (there: WSJ 19)",
    ),
    FreeTask(
        "NER", _entities, "substitute",
        "wikigold (Wikipedia), the same four types, for CoNLL-2003; split by document",
    ),
    FreeTask(
        "GED", _errors, "close substitute",
        "REALEC as in MultiGED-2023 for FCE; shuffled sentences, split by sentence",
    ),
    FreeTask(
        "Conj", _conjuncts, "substitute", f"coordinations by rule in {_TREES} with its extension"
    ),
    FreeTask(
        "SynPred", _per_split("ud_ewt", conllu.read_arcs), "substitute", f"{_EWT}; UD v2, gold"
    ),
    FreeTask(
        "SynClass", _per_split("ud_ewt", conllu.read_relations), "substitute",
        f"{_EWT}; UD v2, gold",
    ),
    FreeTask(
        "ST", _per_split("pmb", partial(semtags.read, column=4)), "substitute",
        _PMB.format("the silver tags of the Groningen Meaning Bank"),
    ),
    FreeTask("PS-Fxn", _adpositions("function"), "own data, later release", _SNACS),
    FreeTask("PS-Role", _adpositions("role"), "own data, later release", _SNACS),
    FreeTask(
        "EF", _factuality, "own data",
        "UDS-It-Happened 2 with UD EWT 1.2 as the package decomp carries them",
    ),
    FreeTask("SemPred", partial(_semantic, make=wescience.arcs), "substitute", _DM),
    FreeTask("SemClass", partial(_semantic, make=wescience.relations), "substitute", _DM),
    FreeTask(
        "Coref", _coreference, "substitute",
        "OntoGUM (GUM in OntoNotes guidelines) for OntoNotes 5; without documents whose "
        "words are masked, and without GENTLE, the test set of other genres",
    ),
)  # fmt: skip

FREE_TASKS: Mapping[str, FreeTask] = MappingProxyType({task.id: task for task in _ALL})


def find_task(name: str) -> FreeTask:
    """The task of that name."""
    if name not in FREE_TASKS:
        raise InputError(f"unknown task {name} of the free suite; known: {', '.join(FREE_TASKS)}")
    return FREE_TASKS[name]
