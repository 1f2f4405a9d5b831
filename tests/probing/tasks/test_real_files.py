"""Readers on the whole of real public files; counts were taken with awk, grep and jq beforehand."""

import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks import (
    conll2012,
    conllu,
    semtags,
    streusle,
    tagged,
)


def count(instances: Iterable[Instance]) -> tuple[int, int, int]:
    """Instances, labels, different labels."""
    sizes, seen, number = 0, set(), 0
    for number, instance in enumerate(instances, start=1):  # noqa: B007
        sizes += len(instance.labels)
        seen.update(instance.labels)
    return number, sizes, len(seen)


@pytest.mark.parametrize(
    ("split", "expected"), [("train", (8936, 211727, 22)), ("test", (2012, 47377, 19))]
)
def test_conll2000(mirror: Path, tmp_path: Path, split: str, expected: tuple[int, ...]) -> None:
    with zipfile.ZipFile(mirror / "conll2000/conll2000.zip") as archive:
        path = Path(archive.extract(f"conll2000/{split}.txt", tmp_path))
    assert count(tagged.read_chunks(path)) == expected


# words, roots, one-word and two-word sentences, types of XPOS and of relations
EWT = {
    "train": (12543, 204585, 521, 622, 50, 48),
    "dev": (2002, 25148, 100, 137, 50, 46),
    "test": (2077, 25096, 151, 137, 49, 47),
}


@pytest.mark.parametrize("split", EWT)
def test_ud_ewt(mirror: Path, split: str) -> None:
    path = mirror / f"ud_ewt/en_ewt-ud-{split}.conllu"
    sentences, words, single, double, tags, relations = EWT[split]
    arcs = words - sentences  # one root a sentence
    assert count(conllu.read_tags(path)) == (sentences, words, tags)
    assert count(conllu.read_relations(path)) == (sentences - single, arcs, relations)
    # the one arc of a two-word sentence leaves no token to draw
    assert count(conllu.read_arcs(path)) == (sentences - single, 2 * arcs - double, 2)


@pytest.mark.parametrize(
    ("split", "sentences", "targets", "roles", "functions"),
    [("train", 1859, 4285, 46, 38), ("dev", 256, 433, 39, 35), ("test", 249, 457, 39, 33)],
)
def test_streusle(
    mirror: Path, split: str, sentences: int, targets: int, roles: int, functions: int
) -> None:
    path = mirror / f"streusle/streusle.ud_{split}.json"
    assert count(streusle.read(path, "role")) == (sentences, targets, roles)
    assert count(streusle.read(path, "function")) == (sentences, targets, functions)


@pytest.mark.parametrize(
    ("split", "expected"),
    [("train", (7745, 52285, 69)), ("dev", (1174, 7531, 62)), ("test", (1053, 7066, 62))],
)
def test_parallel_meaning_bank(mirror: Path, split: str, expected: tuple[int, ...]) -> None:
    path = mirror / f"pmb/{split}.conll"
    assert count(semtags.read(path, column=4)) == expected


def test_wikigold(mirror: Path) -> None:
    """145 further blocks are -DOCSTART- lines."""
    path = mirror / "wikigold/wikigold.conll.txt"
    assert count(tagged.read_entities(path, columns=2)) == (1696, 39007, 5)
    with pytest.raises(InputError, match="line 1: 2 columns, expected 4"):
        list(tagged.read_entities(path))


def test_realec(mirror: Path) -> None:
    instances = list(tagged.read_errors(mirror / "realec/en_realec_dev.tsv"))
    assert count(instances) == (4067, 88008, 2)
    assert sum(instance.labels.count("i") for instance in instances) == 8103


def test_ontogum(mirror: Path, tmp_path: Path) -> None:
    """Without the documents whose words are masked, and one that has an empty word."""
    path = tmp_path / "gum.conll"
    with tarfile.open(mirror / "ontogum/conll.tar.gz") as archive, path.open("wb") as joined:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            name = Path(member.name).name
            stream = archive.extractfile(member)
            usable = name.startswith("GUM_") and "reddit" not in name
            if stream is not None and usable and name != "GUM_news_iodine.conll":
                joined.write(stream.read())
    documents = list(conll2012.read(path, word_column=2))
    assert len(documents) == 224  # of 236; the others have fewer than two clusters
    assert sum(instance.labels.count("1") for instance in documents) == 102301
    assert sum(instance.labels.count("0") for instance in documents) > 102000
