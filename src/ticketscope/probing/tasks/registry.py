"""The 18 tasks of the paper's section 4, as data.

Their corpora and file names are those of Liu et al. (2019), whose suite the paper takes over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType

SPLITS = ("train", "dev", "test")


@dataclass(frozen=True)
class Task:
    """What is probed, as far as a probe's score needs it.

    Attributes:
        id: Its name.
        group: POS, Syntax, Semantics, or a user's own.
        metric: accuracy, span_f1, error_f1 (F1 of class i) or pearson, on dev and on test.
    """

    id: str
    group: str
    metric: str


@dataclass(frozen=True)
class PaperTask(Task):
    """A task of the paper's suite.

    Attributes:
        kind: Of its instances.
        format: A reader of `formats`.
        files: Train, dev and test file in a folder of the original corpora.
        options: Of the reader.
    """

    kind: str
    format: str
    files: tuple[str, str, str]
    options: Mapping[str, object] = field(default_factory=dict)

    def paths(self) -> dict[str, PurePosixPath]:
        """File of each split, relative to the folder."""
        return {split: PurePosixPath(name) for split, name in zip(SPLITS, self.files, strict=True)}


def _files(pattern: str) -> tuple[str, str, str]:
    train, dev, test = (pattern.format(split) for split in SPLITS)
    return train, dev, test


def _parent(name: str, level: int) -> PaperTask:
    files = _files("syntactic_constituency/wsj.{}.trees")
    return PaperTask(name, "Syntax", "accuracy", "tokens", "trees", files, {"ancestor": level})


def _adposition(name: str, mode: str) -> PaperTask:
    files = _files("adposition_supersenses/streusle.ud_{}.json")
    return PaperTask(name, "Semantics", "accuracy", "selected", "streusle", files, {"mode": mode})


_PTB = _files("syntactic_dependency/ptb.{}.conllu")
_DM = (
    "semantic_dependency/english_dm_augmented_train.sdp",
    "semantic_dependency/english_dm_augmented_dev.sdp",
    "semantic_dependency/english_id_dm_augmented_test.sdp",
)

_ALL = (
    PaperTask("POS", "POS", "accuracy", "tokens", "conllx", _files("pos/wsj.{}.conllx")),
    PaperTask("CCG", "Syntax", "accuracy", "tokens", "ccgbank", _files("ccg/{}.txt")),
    _parent("Parent", 1),
    _parent("GParent", 2),
    _parent("GGParent", 3),
    PaperTask(
        "Chunk", "Syntax", "span_f1", "tokens", "conll2000",
        _files("chunking/eng_chunking_{}.conll"),
    ),
    PaperTask(
        "NER", "Syntax", "span_f1", "tokens", "conll2003",
        ("ner/eng.train", "ner/eng.testa", "ner/eng.testb"),
    ),
    PaperTask(
        "GED", "Syntax", "error_f1", "tokens", "fce",
        _files("grammatical_error_correction/fce-public.{}"),
    ),
    PaperTask(
        "Conj", "Syntax", "span_f1", "tokens", "conjuncts",
        _files("coordination_boundary/conjunct_id.{}"),
    ),
    PaperTask("SynPred", "Syntax", "accuracy", "pairs", "conllu-arcs", _PTB),
    PaperTask("SynClass", "Syntax", "accuracy", "pairs", "conllu-relations", _PTB),
    PaperTask(
        "ST", "Semantics", "accuracy", "tokens", "semtags",
        _files("semantic_tagging/semtag_{}.conll"),
    ),
    _adposition("PS-Fxn", "function"),
    _adposition("PS-Role", "role"),
    PaperTask(
        "EF", "Semantics", "pearson", "regression", "it-happened",
        _files("event_factuality/it-happened_eng_ud1.2_07092017.{}.json"),
    ),
    PaperTask("SemPred", "Semantics", "accuracy", "pairs", "sdp-arcs", _DM),
    PaperTask("SemClass", "Semantics", "accuracy", "pairs", "sdp-relations", _DM),
    PaperTask(
        "Coref", "Semantics", "accuracy", "pairs", "conll2012",
        _files("coreference_resolution/{}.english.v4_gold_conll"),
    ),
)  # fmt: skip

TASKS: Mapping[str, PaperTask] = MappingProxyType({task.id: task for task in _ALL})
