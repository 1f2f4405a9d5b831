"""Word vectors: exact means, no EOS, no padding; and the way from a user's words to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lottery import quiet
from ticketscope.corpus.subwords import learn_bpe, subword_encoder, tokenize_file
from ticketscope.errors import InputError
from ticketscope.representations import pooling
from ticketscope.representations.alignment import TextAlignment, align_text
from ticketscope.representations.extraction import extract
from ticketscope.representations.pooling import pool_words
from ticketscope.representations.store import Store

NAN = float("nan")
EOS = 1e4  # what must never get into a word


def two_sentences():
    """'ab c' as a@@ b c, 'de' as d@@ e@@ f with 'f' another word; EOS after both."""
    alignment, _ = align_text([["ab", "c"], ["\x01", "de", "f"]], ["a@@ b c", "d@@ e@@ f"], "moses")
    states = np.array([[1, 3, 10, EOS, 100, 200, 7, EOS]], dtype=np.float16)[:, :, None]
    return np.concatenate([states, -states]), np.array([0, 4, 8]), alignment


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("mean", [2, 10, NAN, 150, 7]),
        ("first", [1, 10, NAN, 100, 7]),
        ("last", [3, 10, NAN, 200, 7]),
    ],
)
def test_known_vectors(how, expected):
    pooled = pool_words(*two_sentences(), how)
    assert pooled.dtype == np.float32
    np.testing.assert_array_equal(pooled[:, :, 0], [expected, [-value for value in expected]])


def test_sums_are_float32_though_states_are_half():
    alignment, _ = align_text([["abcd"]], ["a@@ b@@ c@@ d"], "moses")
    states = np.array([60000, 60000, 60000, 60001, 0], dtype=np.float16).reshape(1, 5, 1)
    assert pool_words(states, np.array([0, 5]), alignment)[0, 0, 0] == states[0, :4].mean(
        dtype=np.float64
    )


def test_an_alignment_of_another_text_is_refused():
    states, offsets, alignment = two_sentences()
    with pytest.raises(ValueError, match="1 have states"):
        pool_words(states, offsets[:2], alignment)
    reaching_eos = TextAlignment(alignment.word_offsets, alignment.spans + 1)
    with pytest.raises(ValueError, match="different texts"):
        pool_words(states, offsets, reaching_eos)


@settings(max_examples=60)
@given(st.data())
def test_every_word_is_the_mean_of_its_rows_whatever_the_blocks(data):
    lengths = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=8))
    counts, spans = [], []
    for length in lengths:
        words = data.draw(st.integers(0, 4))
        counts.append(words)
        for _ in range(words):
            first = data.draw(st.integers(0, length))
            spans.append((first, data.draw(st.integers(first, length))))
    alignment = TextAlignment(
        np.cumsum([0, *counts]), np.array(spans, dtype=np.int32).reshape(-1, 2)
    )
    offsets = np.cumsum([0, *(length + 1 for length in lengths)])
    states = np.random.default_rng(1).standard_normal((2, offsets[-1], 3)).astype(np.float32)
    before, pooling.BLOCK = pooling.BLOCK, data.draw(st.integers(1, 20))
    try:
        pooled = pool_words(states, offsets, alignment)
    finally:
        pooling.BLOCK = before
    sentences = np.repeat(np.arange(len(lengths)), counts)
    for word, (sentence, (first, last)) in enumerate(zip(sentences, spans, strict=True)):
        rows = states[:, offsets[sentence] + first : offsets[sentence] + last]
        expected = rows.mean(axis=1) if last > first else np.full((2, 3), NAN)
        np.testing.assert_allclose(pooled[:, word], expected, rtol=1e-5, atol=1e-6)


def test_from_words_to_vectors_with_a_real_model(lth0, data_bin, tmp_path):
    (tmp_path / "raw").write_text("".join(f"w{n} w{n + 1} well-known .\n" for n in range(30)))
    tokenize_file(tmp_path / "raw", tmp_path / "tokens", "en", "moses")
    learn_bpe([tmp_path / "tokens"], 6, tmp_path / "codes")
    words = [["w1", "well-known"], ["it's", "w2", "."], [], ["w11"]]
    lines = list(map(subword_encoder(tmp_path / "codes", "en", "moses"), words))
    assert any("@@ " in line for line in lines) and "@-@" in lines[0].replace("@@ ", "")
    assert [line.replace("@@ ", "") for line in lines] == [
        "w1 well @-@ known", "it &apos;s w2 .", "", "w11",
    ]  # fmt: skip
    extract(
        lth0 / "checkpoint.pt", data_bin, lines, None, tmp_path / "store",
        precision="float32", max_tokens=12, progress=quiet,
    )  # fmt: skip
    store = Store.open(tmp_path / "store")
    alignment, report = align_text(words, lines, "moses")
    assert report.unalignable == [] and report.words_without_subwords == 0
    pooled = pool_words(store.encoder, store.encoder_offsets, alignment)
    assert pooled.shape == (2, 6, 16)
    last = store.encoder_offsets[3]
    np.testing.assert_allclose(
        pooled[:, 5], store.encoder[:, last : last + len(lines[3].split())].mean(axis=1), rtol=1e-5
    )


def test_bad_codes_are_one_line(tmp_path):
    with pytest.raises(InputError, match="codes does not exist"):
        subword_encoder(tmp_path / "codes", "en", "moses")
    (tmp_path / "codes").write_text("one two three four\n")
    with pytest.raises(InputError, match="holds no BPE codes"):
        subword_encoder(tmp_path / "codes", "en", "moses")
