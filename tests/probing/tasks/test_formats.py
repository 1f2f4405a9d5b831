"""The registry, the table of formats, and building a task's files."""

import shutil
from pathlib import Path

import pytest

from tests.probing.tasks.common import FIXTURES
from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance, read_instances, write_instances
from ticketscope.probing.tasks import formats
from ticketscope.probing.tasks.registry import SPLITS, TASKS
from ticketscope.runtime.fingerprint import fingerprint

FIXTURE_OF = {
    "conllx": "pos.conllx", "ccgbank": "ccg.auto", "trees": "trees.txt",
    "conll2000": "chunks.conll", "conll2003": "ner.conll", "fce": "ged.tsv",
    "conjuncts": "conjuncts.tsv", "conllu-arcs": "deps.conllu", "conllu-relations": "deps.conllu",
    "semtags": "semtags.conll", "streusle": "streusle.json", "it-happened": "ithappened.json",
    "sdp-arcs": "dm.sdp", "sdp-relations": "dm.sdp", "conll2012": "coref.gold_conll",
}  # fmt: skip


def test_the_tasks_of_the_paper() -> None:
    assert " ".join(TASKS) == (
        "POS CCG Parent GParent GGParent Chunk NER GED Conj SynPred SynClass "
        "ST PS-Fxn PS-Role EF SemPred SemClass Coref"
    )
    groups = [task.group for task in TASKS.values()]
    assert [groups.count(name) for name in ("POS", "Syntax", "Semantics")] == [1, 10, 7]
    assert {name for name, task in TASKS.items() if task.metric == "span_f1"} == {
        "Chunk", "NER", "Conj",
    }  # fmt: skip
    assert {name for name, task in TASKS.items() if task.kind == "pairs"} == {
        "SynPred", "SynClass", "SemPred", "SemClass", "Coref",
    }  # fmt: skip


def test_a_task_is_stale_when_its_own_reader_changes(root: Path, tmp_path: Path) -> None:
    script = root / "workflow/scripts/probing_task.py"

    def fingerprint_after_edit(number: int, format: str, edited: str | None = None) -> str:
        # A copy for each edit: fingerprints cache what they read.
        package = tmp_path / str(number) / "ticketscope"
        shutil.copytree(root / "src/ticketscope", package)
        if edited is not None:
            with (package / edited).open("a") as module:
                module.write("\nEDITED = 1\n")
        return fingerprint(script, package, also=[formats.module_of(format)])

    conllx = fingerprint_after_edit(1, "conllx")
    assert fingerprint_after_edit(2, "conllx", "corpus/grammar/__init__.py") == conllx
    assert fingerprint_after_edit(3, "conllx", "probing/tasks/toy.py") == conllx
    assert fingerprint_after_edit(4, "conllx", "probing/tasks/conllx.py") != conllx
    assert fingerprint_after_edit(5, "conllx", "probing/tasks/reading.py") != conllx


@pytest.mark.parametrize("format", formats.FORMATS)
def test_every_format_has_a_reader(format: str) -> None:
    assert callable(formats.reader_of(format))


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_built_from_its_original_format(tmp_path: Path, task: str) -> None:
    entry = TASKS[task]
    fixture = FIXTURES / FIXTURE_OF[entry.format]
    counts = formats.build(dict.fromkeys(SPLITS, fixture), tmp_path, entry.format, entry.options)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "dev.jsonl.gz", "test.jsonl.gz", "train.jsonl.gz",
    ]  # fmt: skip
    written = [list(read_instances(tmp_path / f"{split}.jsonl.gz")) for split in SPLITS]
    assert written[0] == written[1] == written[2]  # draws start anew in each file
    assert {instance.kind for instance in written[0]} == {entry.kind}
    assert counts == dict.fromkeys(SPLITS, len(written[0]))


def test_instances_are_a_format_too(tmp_path: Path) -> None:
    formats.build({"train": FIXTURES / "ged.tsv"}, tmp_path / "one", "fce", {})
    written = tmp_path / "one/train.jsonl.gz"
    formats.build({"train": written}, tmp_path / "two", "instances", {})
    assert (tmp_path / "two/train.jsonl.gz").read_bytes() == written.read_bytes()


def test_what_cannot_be_built(tmp_path: Path) -> None:
    files = {"train": FIXTURES / "ged.tsv"}
    with pytest.raises(InputError, match="unknown format fec; known are conllx"):
        formats.build(files, tmp_path, "fec", {})
    with pytest.raises(InputError, match="format fce has no option seed; it has none"):
        formats.build(files, tmp_path, "fce", {"seed": 1})
    with pytest.raises(InputError, match="no option level; it has ancestor"):
        formats.build(files, tmp_path, "trees", {"level": 1})
    with pytest.raises(InputError, match=r"option ancestor of format trees is 1\.5, should be 1"):
        formats.build(files, tmp_path, "trees", {"ancestor": 1.5})
    for format, name, value, wanted in (
        ("trees", "ancestor", 4, "1, 2 or 3"), ("conllu", "column", "pos", "'upos' or 'xpos'"),
        ("streusle", "mode", "sense", "'role' or 'function'"), ("conll2003", "columns", 3, "2 or"),
        # Column 0 would be the last, whose mentions would be read as words.
        ("conll2012", "word_column", 0, "greater than or equal to 1"),
        ("semtags", "column", 1, "greater than or equal to 2"), ("sdp-arcs", "seed", True, "a val"),
    ):  # fmt: skip
        message = f"^option {name} of format {format} is {value}, should be {wanted}"
        with pytest.raises(InputError, match=message):
            formats.check(format, {name: value})
    assert formats.check("trees", {"ancestor": 2.0}) == {"ancestor": 2}
    empty = tmp_path / "empty.tsv"
    empty.write_text("\n\n")
    with pytest.raises(InputError, match=r"empty\.tsv holds no instance of format fce"):
        formats.build({"train": empty}, tmp_path / "out", "fce", {})
    twice = tmp_path / "twice.jsonl.gz"
    write_instances(twice, 2 * [Instance("7", ("a",), ("X",))])
    with pytest.raises(InputError, match="two instances have the id 7: give each its own"):
        formats.build({"train": twice}, tmp_path / "out", "instances", {})
    for name, source in (("a", "ged.tsv"), ("b", "streusle.json")):
        known = "fce" if name == "a" else "streusle"
        formats.build({"train": FIXTURES / source}, tmp_path / name, known, {})
    mixed = {"train": tmp_path / "a/train.jsonl.gz", "dev": tmp_path / "b/train.jsonl.gz"}
    with pytest.raises(InputError, match="kinds selected and tokens in one task"):
        formats.build(mixed, tmp_path / "out", "instances", {})


@pytest.mark.parametrize(
    ("format", "metric", "message"),
    [
        ("conllx", "span_f1", "unknown tag .; known are O, B-type and I-type"),
        ("conllx", "error_f1", "error detection needs a label i"),
        ("instances", "pearson", "they are classes"),
        ("it-happened", "accuracy", "they are numbers"),
    ],
)
def test_labels_that_do_not_fit_the_metric_are_refused_before_any_training(
    tmp_path: Path, format: str, metric: str, message: str
) -> None:
    source = FIXTURES / FIXTURE_OF.get(format, "train.jsonl.gz")
    if format == "instances":
        formats.build({"train": FIXTURES / "ged.tsv"}, tmp_path, "fce", {}, "error_f1")
        source = tmp_path / "train.jsonl.gz"
    with pytest.raises(
        InputError, match=f"{source.name}: {metric} does not fit the labels: {message}"
    ):
        formats.build({"test": source}, tmp_path, format, {}, metric)


@pytest.mark.parametrize("task", TASKS)
def test_the_papers_metrics_fit_their_formats(task: str) -> None:
    assert TASKS[task].metric in formats.metrics_of(TASKS[task].format)
