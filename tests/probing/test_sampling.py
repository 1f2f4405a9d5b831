"""Which training instances a limit leaves."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ticketscope.probing.instances import Instance
from ticketscope.probing.sampling import sample
from ticketscope.probing.tasks import conllu
from ticketscope.probing.tasks.tagged import read_entities


def sentences(size, documents=None):
    """Sentences that stand in the order of their documents."""
    return [
        Instance(str(i), ("a",), ("x",), document=documents and f"d{i * documents // size}")
        for i in range(size)
    ]


def test_sentences_come_from_everywhere_and_are_always_the_same():
    chosen = sample(sentences(1000), 100)
    assert len(chosen) == 100 and (np.diff(chosen) > 0).all()
    assert np.histogram(chosen, 4, (0, 1000))[0].min() > 10
    assert sample(sentences(1000), 100).tolist() == chosen.tolist()
    # Those of a smaller limit are among those of a larger one.
    assert set(sample(sentences(1000), 50)) < set(chosen)
    for limit in (None, 1000, 2000):
        assert sample(sentences(1000), limit).tolist() == list(range(1000))


def test_documents_stay_whole():
    chosen = set(sample(sentences(1000, documents=50), 110).tolist())
    assert len(chosen) == 100  # five of twenty sentences; a sixth would be too many
    documents = {number // 20 for number in chosen}
    assert len(documents) == 5 and documents != set(range(5))


def test_a_small_document_still_fits_where_a_larger_one_does_not():
    documents = np.repeat(np.arange(1, 13), np.arange(1, 13))  # document 7 has seven sentences
    instances = [
        Instance(str(i), ("a",), ("x",), document=f"d{name}") for i, name in enumerate(documents)
    ]
    taken = Counter(documents[sample(instances, 40)].tolist())
    assert all(size == document for document, size in taken.items())
    assert 40 - taken.total() < min(set(range(1, 13)) - taken.keys())


def test_another_task_on_the_same_documents_gets_the_same_ones():
    every = sentences(1000, documents=50)
    some = [instance for instance in every if int(instance.id) % 2]
    few = {every[i].document for i in sample(every, 200)}
    assert {some[i].document for i in sample(some, 100)} == few


def test_documents_that_are_longer_than_the_limit_are_cut_and_a_single_one_is_none():
    assert len(sample(sentences(100, documents=2), 20)) == 20
    spread = sample(sentences(1000, documents=1), 100)
    assert len(spread) == 100 and spread.max() > 800


def test_readers_name_the_documents(tmp_path: Path):
    row = "1\tdog\t_\tNOUN\tNN\t_\t0\troot\t_\t_"
    (tmp_path / "a.conllu").write_text(
        f"# newdoc id = one\n# sent_id = 1\n{row}\n\n{row}\n\n# newdoc\n{row}\n\n"
    )
    read = conllu.read_tags, conllu.read_relations
    documents = [instance.document for instance in read[0](tmp_path / "a.conllu")]
    assert documents == ["one", "one", "document at 3"]
    (tmp_path / "a.conll").write_text("-DOCSTART- O\n\na O\n\nb O\n\n-DOCSTART- O\n\nc O\n")
    entities = read_entities(tmp_path / "a.conll", columns=2)
    assert [instance.document for instance in entities] == ["2", "2", "3"]


def test_a_sample_of_ewt_has_all_its_genres(mirror: Path):
    path = mirror / "ud_ewt/en_ewt-ud-train.conllu"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    instances = list(conllu.read_tags(path))
    genres = Counter(instances[i].id.partition("-")[0] for i in sample(instances, 2000))
    assert genres.keys() == {"weblog", "newsgroup", "email", "reviews", "answers"}
    assert min(genres.values()) > 100
