"""Held-out parts of a text share no sentence with the rest; samples follow from the text."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketscope.corpus.parallel import TextFile, read_lines
from ticketscope.corpus.raw_text import write_parallel
from ticketscope.corpus.registry import find
from ticketscope.corpus.selection import ParallelText, sentence_key, split_of

SHARES = {"valid": 0.2, "test": 0.3}
SENTENCES = st.lists(
    st.tuples(*[st.text(alphabet="abAB!? ", max_size=3)] * 2), min_size=1, max_size=40
)


def text(folder, pairs, **options):
    for side, name in enumerate(("en", "de")):
        (folder / name).write_text("".join(f"{pair[side]}\n" for pair in pairs), encoding="utf-8")
    return ParallelText(TextFile(folder / "en"), TextFile(folder / "de"), **options)


def parts(folder, pairs):
    return {
        split: list(text(folder, pairs, held_out=SHARES, split=split).pairs())
        for split in ("train", "valid", "test")
    }


@settings(max_examples=100)
@given(SENTENCES)
def test_no_sentence_of_a_held_out_part_is_anywhere_else(tmp_path_factory, pairs):
    folder = tmp_path_factory.mktemp("text")
    divided = {split: [*filter(all, part)] for split, part in parts(folder, pairs).items()}
    train = {tuple(map(sentence_key, pair)) for pair in divided["train"]}
    for split in ("valid", "test"):
        sources = [sentence_key(source) for source, _ in divided[split]]
        assert len(sources) == len(set(sources))
        assert not set(sources) & {source for source, _ in train}
        assert not {sentence_key(target) for _, target in divided[split]} & {t for _, t in train}
    sources = {split: {sentence_key(s) for s, _ in divided[split]} for split in divided}
    assert not sources["valid"] & sources["test"]


def test_a_sentence_belongs_to_the_split_that_its_hash_says():
    for number in range(200):
        key = f"sentence{number}"
        position = int(hashlib.sha256(key.encode()).hexdigest()[:16], 16) / 16**16
        expected = "valid" if position < 0.2 else "test" if position < 0.5 else None
        assert split_of(key, SHARES) == expected
    assert sentence_key("Tom isn’t HERE!") == sentence_key("tom isnt here") == "tomisnthere"


def test_shares_are_as_asked_for_and_other_spellings_stay_together(tmp_path):
    pairs = [(f"sentence {n}", f"satz {n}") for n in range(2000)]
    divided = parts(tmp_path, pairs)
    assert len(divided["valid"]) == pytest.approx(400, abs=60)
    assert len(divided["test"]) == pytest.approx(600, abs=70)
    assert sorted(pair for part in divided.values() for pair in part) == sorted(pairs)
    again = parts(tmp_path, [(f"Sentence, {n}?", target) for n, (_, target) in enumerate(pairs)])
    assert {s: [t for _, t in part] for s, part in again.items()} == {
        s: [t for _, t in part] for s, part in divided.items()
    }


def test_a_held_out_pair_with_an_empty_side_is_dropped_and_counted(tmp_path):
    """It takes neither the place of a translation that follows, nor a target without letters."""
    sentences = {split_of(sentence_key(s), SHARES): s for s in map("sentence {}".format, range(9))}
    tested, rest = sentences["test"], sentences[None]
    pairs = [(tested, ""), (tested, "satz"), (tested, "spruch"), (rest, "..."), (tested, "")]
    counts = write_parallel(
        [text(tmp_path, pairs, held_out=SHARES, split="test")], tmp_path / "out", tmp_path / "out2"
    )
    assert counts == {"pairs": 1, "dropped": 2, "texts": [1]}
    assert read_lines(tmp_path / "out2") == ["satz"]
    assert parts(tmp_path, pairs)["train"] == [(rest, "...")]


def test_a_sample_keeps_the_order_holds_smaller_ones_and_does_not_depend_on_order(tmp_path):
    pairs = [(f"sentence {n % 2}", f"satz {n}") for n in range(100)]
    small = list(text(tmp_path, pairs, at_most=10).pairs())
    large = list(text(tmp_path, pairs, at_most=40).pairs())
    assert len(small) == 10 and len(large) == 40
    assert set(small) < set(large) and large == [pair for pair in pairs if pair in set(large)]
    assert set(text(tmp_path, pairs[::-1], at_most=10).pairs()) == set(small)
    assert small != pairs[:10]
    assert list(text(tmp_path, pairs, at_most=101).pairs()) == pairs


def test_a_sample_counts_a_pair_as_often_as_the_text_has_it(tmp_path):
    assert len(list(text(tmp_path, [("a", "b")] * 5, at_most=3).pairs())) == 3


def test_tatoeba_is_divided(mirror):
    source = find("tatoeba")
    sides = [
        TextFile(mirror / file.path, file.member, file.column)
        for file in (source.splits["any"]["en"], source.splits["any"]["de"])
    ]
    divided = {
        split: list(ParallelText(*sides, source.held_out, split).pairs())
        for split in ("train", "valid", "test")
    }
    sizes = {split: len(pairs) for split, pairs in divided.items()}
    assert sizes == {"train": 165_905, "valid": 1_408, "test": 1_371}
    targets = {sentence_key(target) for _, target in divided["train"]}
    assert not any(sentence_key(target) in targets for _, target in divided["test"])
