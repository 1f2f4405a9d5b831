"""The registry, the table of formats, the paper's folder, and building a task's files."""

from pathlib import Path

import pytest

from tests.probing.tasks.common import FIXTURES
from ticketscope.errors import InputError
from ticketscope.probing.instances import read_instances
from ticketscope.probing.tasks import formats, paper
from ticketscope.probing.tasks.registry import SPLITS, TASKS

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


def test_a_folder_of_licensed_files(tmp_path: Path) -> None:
    absent = paper.missing(tmp_path)
    assert list(absent) == list(TASKS) and all(len(files) == 3 for files in absent.values())
    assert absent["NER"] == [tmp_path / f"ner/eng.{name}" for name in ("train", "testa", "testb")]
    for path in paper.sources(tmp_path, "Parent").values():
        path.parent.mkdir(exist_ok=True)
        path.touch()
    paper.sources(tmp_path, "SemPred")["test"].parent.mkdir()
    paper.sources(tmp_path, "SemPred")["test"].touch()
    absent = paper.missing(tmp_path)
    assert not {"Parent", "GParent", "GGParent"} & set(absent)
    assert [path.name for path in absent["SemClass"]] == [
        "english_dm_augmented_train.sdp", "english_dm_augmented_dev.sdp",
    ]  # fmt: skip
    with pytest.raises(InputError, match="unknown task POSS; known are POS, CCG"):
        paper.sources(tmp_path, "POSS")


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
    one = {"train": FIXTURES / "ged.tsv"}
    with pytest.raises(InputError, match="unknown format fec; known are conllx"):
        formats.build(one, tmp_path, "fec", {})
    with pytest.raises(InputError, match="format fce has no option seed; it has none"):
        formats.build(one, tmp_path, "fce", {"seed": 1})
    with pytest.raises(InputError, match="no option level; it has ancestor"):
        formats.build(one, tmp_path, "trees", {"level": 1})
    with pytest.raises(InputError, match=r"option ancestor of format trees is 1\.5, not a whole"):
        formats.build(one, tmp_path, "trees", {"ancestor": 1.5})
    with pytest.raises(InputError, match="format toy needs option task"):
        formats.build(one, tmp_path, "toy", {})
    empty = tmp_path / "empty.tsv"
    empty.write_text("\n\n")
    with pytest.raises(InputError, match=r"empty\.tsv holds no instance of format fce"):
        formats.build({"train": empty}, tmp_path / "out", "fce", {})
    for name, source in (("a", "ged.tsv"), ("b", "streusle.json")):
        known = "fce" if name == "a" else "streusle"
        formats.build({"train": FIXTURES / source}, tmp_path / name, known, {})
    mixed = {"train": tmp_path / "a/train.jsonl.gz", "dev": tmp_path / "b/train.jsonl.gz"}
    with pytest.raises(InputError, match="kinds selected and tokens in one task"):
        formats.build(mixed, tmp_path / "out", "instances", {})
