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
    """A task of the suite.

    `kind` is the instances' kind; `metric` accuracy, span_f1, error_f1 (F1 of class i) or pearson,
    used on dev and on test; `encoding` how span_f1 decodes tags; `patience` in epochs. `format` and
    `options` name a reader of `formats`, `files` its train, dev and test file in a folder of the
    original corpora.
    """

    id: str
    group: str
    kind: str
    metric: str
    format: str
    files: tuple[str, str, str]
    options: Mapping[str, object] = field(default_factory=dict)
    encoding: str | None = None
    patience: int = 3

    def paths(self) -> dict[str, PurePosixPath]:
        """File of each split, relative to the folder."""
        return {split: PurePosixPath(name) for split, name in zip(SPLITS, self.files, strict=True)}


def _files(pattern: str) -> tuple[str, str, str]:
    train, dev, test = (pattern.format(split) for split in SPLITS)
    return train, dev, test


def _parent(name: str, level: int) -> Task:
    files = _files("syntactic_constituency/wsj.{}.trees")
    return Task(name, "Syntax", "tokens", "accuracy", "trees", files, {"ancestor": level})


def _adposition(name: str, mode: str) -> Task:
    files = _files("adposition_supersenses/streusle.ud_{}.json")
    return Task(name, "Semantics", "selected", "accuracy", "streusle", files, {"mode": mode})


_PTB = _files("syntactic_dependency/ptb.{}.conllu")
_DM = (
    "semantic_dependency/english_dm_augmented_train.sdp",
    "semantic_dependency/english_dm_augmented_dev.sdp",
    "semantic_dependency/english_id_dm_augmented_test.sdp",
)

_ALL = (
    Task("POS", "POS", "tokens", "accuracy", "conllx", _files("pos/wsj.{}.conllx")),
    Task("CCG", "Syntax", "tokens", "accuracy", "ccgbank", _files("ccg/{}.txt")),
    _parent("Parent", 1),
    _parent("GParent", 2),
    _parent("GGParent", 3),
    Task(
        "Chunk", "Syntax", "tokens", "span_f1", "conll2000",
        _files("chunking/eng_chunking_{}.conll"), encoding="BIO",
    ),
    Task(
        "NER", "Syntax", "tokens", "span_f1", "conll2003",
        ("ner/eng.train", "ner/eng.testa", "ner/eng.testb"), encoding="IOB1",
    ),
    Task(
        "GED", "Syntax", "tokens", "error_f1", "fce",
        _files("grammatical_error_correction/fce-public.{}"), patience=10,
    ),
    Task(
        "Conj", "Syntax", "tokens", "span_f1", "conjuncts",
        _files("coordination_boundary/conjunct_id.{}"), encoding="IOB1",
    ),
    Task("SynPred", "Syntax", "pairs", "accuracy", "conllu-arcs", _PTB),
    Task("SynClass", "Syntax", "pairs", "accuracy", "conllu-relations", _PTB),
    Task(
        "ST", "Semantics", "tokens", "accuracy", "semtags",
        _files("semantic_tagging/semtag_{}.conll"),
    ),
    _adposition("PS-Fxn", "function"),
    _adposition("PS-Role", "role"),
    Task(
        "EF", "Semantics", "regression", "pearson", "it-happened",
        _files("event_factuality/it-happened_eng_ud1.2_07092017.{}.json"),
    ),
    Task("SemPred", "Semantics", "pairs", "accuracy", "sdp-arcs", _DM),
    Task("SemClass", "Semantics", "pairs", "accuracy", "sdp-relations", _DM),
    Task(
        "Coref", "Semantics", "pairs", "accuracy", "conll2012",
        _files("coreference_resolution/{}.english.v4_gold_conll"),
    ),
)  # fmt: skip

TASKS: Mapping[str, Task] = MappingProxyType({task.id: task for task in _ALL})
