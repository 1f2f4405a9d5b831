"""Splits of our own: functions of an id, documents whole; and OntoGUM's documents."""

import pytest

from ticketscope.errors import InputError
from ticketscope.probing.free import coreference, documents
from ticketscope.probing.free.splits import by_hash


def test_a_name_alone_decides_and_shares_come_out():
    assert by_hash("wikigold 1") == by_hash("wikigold 1")
    drawn = [by_hash(f"document {i}", dev=0.15, test=0.2) for i in range(4000)]
    assert abs(drawn.count("dev") / 4000 - 0.15) < 0.02
    assert abs(drawn.count("test") / 4000 - 0.2) < 0.02
    # more in test means less in train; what was in test stays there
    for i in range(200):
        if by_hash(f"document {i}", test=0.1) == "test":
            assert by_hash(f"document {i}", test=0.2) == "test"


def test_wikigold_keeps_documents_whole(tmp_path):
    path = tmp_path / "wikigold.txt"
    texts = [f"Word{i} I-PER\nruns O\n\nIt O\nends O\n\n-DOCSTART- O\n\n" for i in range(60)]
    path.write_text("".join(texts))
    found = list(documents.entities(path))
    assert len(found) == 120
    for (first, _), (second, _) in zip(found[::2], found[1::2], strict=True):
        assert first == second
    assert {split for split, _ in found} == {"train", "dev", "test"}
    # taking the last documents away moves none of the others
    path.write_text("".join(texts[:30]))
    assert [split for split, _ in documents.entities(path)] == [s for s, _ in found[:60]]


def test_realec_divides_no_equal_sentences_and_does_not_look_at_places(tmp_path):
    path = tmp_path / "realec.tsv"
    sentences = [f"Word{i % 40}\tc\nfall\ti\n\n" for i in range(80)]
    path.write_text("".join(sentences))
    found = [(instance.tokens, split) for split, instance in documents.errors(path)]
    assert len(dict(found)) == len(set(found)) == 40
    path.write_text("".join(reversed(sentences)))
    again = [(instance.tokens, split) for split, instance in documents.errors(path)]
    assert again == found[::-1]


def test_realec_quotation_marks_lose_their_backslash(tmp_path):
    path = tmp_path / "realec.tsv"
    path.write_text('She\tc\nsaid\tc\n\\"\tc\nI\tc\nis\ti\n\\"\tc\n')
    ((_, instance),) = documents.errors(path)
    assert instance.tokens == ("She", "said", '"', "I", "is", '"')


def test_conll2000_takes_dev_from_the_end_of_train(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "_LAST_TRAIN", 2)
    (tmp_path / "train").write_text("a DT B-NP\n\nb DT B-NP\n\nc DT B-NP\n")
    (tmp_path / "test").write_text("d DT B-NP\n")
    found = documents.chunks(tmp_path / "train", tmp_path / "test")
    assert [(split, instance.tokens) for split, instance in found] == [
        ("train", ("a",)), ("train", ("b",)), ("dev", ("c",)), ("test", ("d",)),
    ]  # fmt: skip


LISTING = """# Splits
## dev
  * GUM_news_a
## test
  * GUM_news_b
## test2
  * GENTLE_poetry_x
## train
  * GUM_reddit_c
  * GUM_news_iodine
  * GUM_news_d
"""


def gum(*words: str) -> bytes:
    """A document: one word a line, each a mention of entity 1 or 2 in turn."""
    rows = [f"{i}\t{word}\t({i % 2})\n" for i, word in enumerate(words)]
    return ("# begin document \n" + "".join(rows) + "# end document\n").encode()


def test_ontogum_leaves_out_what_is_masked_faulty_or_of_other_genres(tmp_path):
    listing = tmp_path / "splits.md"
    listing.write_text(LISTING)
    names = ("GUM_news_a", "GUM_news_b", "GENTLE_poetry_x", "GUM_news_iodine", "GUM_news_d")
    texts = {f"{name}.conll": gum("She", "It", "her", "its") for name in names}
    texts["GUM_reddit_c.conll"] = gum("___", "_", "____", "its")
    paths = coreference.split_files(texts, listing, tmp_path)
    ids = {split: [i.id for i in coreference.read(path)] for split, path in paths.items()}
    assert ids == {"dev": ["GUM_news_a"], "test": ["GUM_news_b"], "train": ["GUM_news_d"]}
    (instance,) = coreference.read(paths["dev"])
    assert instance.tokens == ("She", "It", "her", "its")
    positives = [
        p for p, label in zip(instance.pairs, instance.labels, strict=True) if label == "1"
    ]
    assert positives == [(2, 0), (3, 1)]
    assert instance.sentences == (0,)


def test_ontogum_gets_lines_that_an_encoder_can_read():
    said = ["She", "left", ".", "”", "He", "?", "!", "No"]
    assert coreference.line_starts(said) == (0, 4, 7)
    assert coreference.line_starts(["a"] * 250) == (0, 100, 200)


def test_ontogum_says_what_is_wrong(tmp_path):
    listing = tmp_path / "splits.md"
    listing.write_text("## dev\n* GUM_news_a\n")
    with pytest.raises(InputError, match="no list of documents for each of train, dev, test"):
        documents.listed_splits(listing)
    listing.write_text(LISTING)
    with pytest.raises(InputError, match=r"GUM_news_a\.conll: begins with '0"):
        coreference.split_files({"GUM_news_a.conll": b"0\tShe\t_\n"}, listing, tmp_path)
