"""Tasks built from the real files, against what is published; and the page of their sizes.

TRUTH was counted by awk and by a second program before this one was written: tokens or labels per
split, and some labels of all splits.
"""

import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import archives, page, sources, wescience
from ticketscope.probing.free.build import build
from ticketscope.probing.free.splits import SPLITS
from ticketscope.probing.free.tasks import FREE_TASKS
from ticketscope.probing.instances import read_instances

PUBLISHED = json.loads(page.PUBLISHED.read_text(encoding="utf-8"))

TRUTH = {
    "POS": ((204585, 25148, 25096), {}),
    "Parent": ((204550, 24969, 25005), {"NP": 121459, "VP": 51439, "PP": 22350, "S": 17673}),
    "GParent": ((204550, 24969, 25005), {"S": 62611, "VP": 60937, "None": 25511}),
    "GGParent": ((204550, 24969, 25005), {"VP": 62196, "None": 57948, "SBAR": 17372}),
    "CCG": ((52285, 7531, 7066), {"n": 14175, "np": 6200}),
    "Chunk": ((190717, 21010, 47377), {}),
    "PS-Role": ((4285, 433, 457), {}),
    "EF": ((22209, 2646, 2548), {}),
}


def test_published_sizes_are_those_counted_by_other_means():
    for task, (sizes, labels) in TRUTH.items():
        published = PUBLISHED[task]
        assert tuple(published["splits"][split]["labels"] for split in SPLITS) == sizes, task
        for label, count in labels.items():
            assert published["labels"][label] == count, task
    trees = [size["instances"] for size in PUBLISHED["Parent"]["splits"].values()]
    assert trees == [12542, 1974, 2060] and len(PUBLISHED["Parent"]["left_out"]) == 3
    ged, ner = PUBLISHED["GED"], PUBLISHED["NER"]
    assert ged["labels"] == {"c": 79905, "i": 8103}
    assert sum(size["instances"] for size in ged["splits"].values()) == 4067
    assert sum(size["instances"] for size in ner["splits"].values()) == 1696
    assert PUBLISHED["Coref"]["labels"]["1"] == 102301


def test_the_page_shows_what_is_published(root):
    text = (root / page.PAGE).read_text(encoding="utf-8")
    assert page.rewritten(text, page.tables(PUBLISHED)) == text, "python -m ….free.page rewrites it"
    with pytest.raises(InputError, match="has no marks <!-- sizes -->"):
        page.rewritten("no marks", page.tables(PUBLISHED))


def test_a_report_says_where_the_data_is_from(tmp_path):
    path = tmp_path / "NER/statistics.json"
    path.parent.mkdir()
    path.write_text(json.dumps(PUBLISHED["NER"]))
    (row,) = page.about({"NER": path}).to_dict("records")
    assert row["Sources"] == "wikigold" and row["Licence"] == "CC BY 4.0"
    assert row["Relation to the paper's data"] == "substitute"
    assert row["Instances (train / dev / test)"] == "1,195 / 184 / 317"
    assert row["Always the same answer"] == "span F1 0.000 (O)"


def test_no_suite_was_built_yet(tmp_path):
    with pytest.raises(InputError, match="run snakemake free_suite first"):
        page.gather(tmp_path)


@pytest.mark.parametrize(
    "task", ["POS", "CCG", "Conj", "Chunk", "NER", "GED", "SynClass", "PS-Fxn", "Coref"]
)
def test_tasks_built_from_the_mirror(mirror: Path, tmp_path: Path, task: str) -> None:
    built = build(task, mirror, tmp_path)
    assert page.published(built) == PUBLISHED[task]
    labels: set[str] = set()
    for split in SPLITS:
        instances = list(read_instances(tmp_path / f"{split}.jsonl.gz"))  # indices are checked here
        assert len(instances) == PUBLISHED[task]["splits"][split]["instances"]
        labels.update(label for instance in instances for label in instance.labels)
    assert labels == set(built["labels"])
    licence = (tmp_path / "LICENSE").read_text()
    assert all(source in licence for source in FREE_TASKS[task].sources)
    if task == "NER":
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        build(task, mirror, tmp_path / "again")
        assert before == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def test_a_profile_of_wescience_from_the_mirror(mirror: Path) -> None:
    pytest.importorskip("delphin")
    file = sources.find("wescience").file("all")
    dev = file.model_copy(update={"pattern": "(ws212/(?:parse|result).gz)$", "contents": None})
    sentences = list(wescience.sentences(archives.members(mirror / file.path, dev), {}))
    for task, make in (("SemPred", wescience.arcs), ("SemClass", wescience.relations)):
        lines = [json.dumps(instance.to_json()) + "\n" for instance in make(sentences)]
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        assert digest == PUBLISHED[task]["splits"]["dev"]["sha256"]


def test_factuality_from_the_package(tmp_path: Path) -> None:
    folder = Path(os.environ.get("TICKETSCOPE_MIRROR", ""))
    if not (folder / sources.find("decomp").file("all").path).is_file():
        pytest.skip("no decomp-0.3.2 in TICKETSCOPE_MIRROR")
    assert page.published(build("EF", folder, tmp_path)) == PUBLISHED["EF"]


def test_a_source_that_is_not_there_or_empty_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wikigold\.conll\.txt does not exist"):
        build("NER", tmp_path, tmp_path / "out")
    path = tmp_path / sources.find("wikigold").file("all").path
    path.parent.mkdir()
    path.write_text("")
    with pytest.raises(InputError, match="task NER: no instance in train"):
        build("NER", tmp_path, tmp_path / "out")
    assert not (tmp_path / "out/statistics.json").exists()


def test_statistics_hold_in_a_small_case(tmp_path: Path) -> None:
    path = tmp_path / sources.find("wikigold").file("all").path
    path.parent.mkdir()
    path.write_text("Rain O\nfell O\nAnn I-PER\n\n-DOCSTART- O\n\n" * 60)
    built = build("NER", tmp_path, tmp_path / "out")
    counts = {split: size["instances"] for split, size in built["splits"].items()}
    assert sum(counts.values()) == 60 and built["test_instances_seen_in_train"] == counts["test"]
    assert built["labels"] == {"O": 120, "I-PER": 60}
    assert built["majority"] == {"label": "O", "score": 0.0, "share": round(2 / 3, 6)}
    with gzip.open(tmp_path / "out/train.jsonl.gz") as stream:
        records = [json.loads(line) for line in stream]
    # The digest leaves the names of documents out.
    assert all(record.pop("document") for record in records)
    text = "".join(json.dumps(record) + "\n" for record in records)
    assert hashlib.sha256(text.encode()).hexdigest() == built["splits"]["train"]["sha256"]
