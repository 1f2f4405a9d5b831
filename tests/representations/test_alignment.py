"""Words and their subwords: golden cases, any text at all, and real text."""

import json
import random
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ticketscope.corpus.tokenization import tokenize_line
from ticketscope.representations.alignment import ENTITIES, align, align_text


def found(words, subwords):
    """The subwords of each word, as text."""
    alignment = align(words.split(" "), subwords.split(), "moses")
    pieces = subwords.split()
    return [" ".join(pieces[first:last]) for first, last in alignment.spans], alignment.problem


GOLDEN = [
    # apostrophes, whole and cut into pieces
    ("It 's fine", "It &apos; s fine", ["It", "&apos; s", "fine"]),
    ("It's fine", "It &apos;s fine", ["It &apos;s", "fine"]),
    ("do n't", "do n &apos;t", ["do", "n &apos;t"]),
    ("dogs ' x", "dogs &@@ ap@@ os@@ ; x", ["dogs", "&@@ ap@@ os@@ ;", "x"]),
    ("I'm", "I &a@@ pos@@ ;m", ["I &a@@ pos@@ ;m"]),
    # dashes
    ("a well-known - x", "a well @-@ kno@@ wn - x", ["a", "well @-@ kno@@ wn", "-", "x"]),
    ("well - known", "well @-@ known", ["well", "@-@", "known"]),
    ("a-b", "a @-@@ @ b", ["a @-@@ @ b"]),
    ("a-b", "a @@@ -@@ @ b", ["a @@@ -@@ @ b"]),
    ("so -- no", "so -@@ - no", ["so", "-@@ -", "no"]),
    ("foo @-@ bar", "foo @ - @ bar", ["foo", "@ - @", "bar"]),
    # entities, also those that the text itself spells
    ("AT&T <b> [1] |", "AT &amp; T &lt; b &gt; &#91; 1 &#93; &#124;",
     ["AT &amp; T", "&lt; b &gt;", "&#91; 1 &#93;", "&#124;"]),
    ("&amp; &", "&amp; amp ; &amp;", ["&amp; amp ;", "&amp;"]),
    # ellipsis and quotes
    ("Wait ... what", "Wait .@@ .@@ . what", ["Wait", ".@@ .@@ .", "what"]),
    ("Wait...what", "Wait ... what", ["Wait ... what"]),
    ("`` hi ''", "`` hi &apos; &apos;", ["``", "hi", "&apos; &apos;"]),
    ('" hi "', "&quot; hi &quot;", ["&quot;", "hi", "&quot;"]),
    ("“hi”", "“ hi ”", ["“ hi ”"]),
    # a last subword that says it continues
    ("old ab", "old ab@@", ["old", "ab@@"]),
    # a subword over several words belongs to all of them
    ("New York City", "NewYork@@ City", ["NewYork@@", "NewYork@@", "City"]),
    ("a b c", "ab@@ c", ["ab@@", "ab@@", "c"]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "subwords", "expected"), GOLDEN)
def test_golden(words, subwords, expected):
    assert found(words, subwords) == (expected, None)


@pytest.mark.parametrize(("words", "subwords", "expected"), [g for g in GOLDEN if "@@" not in g[1]])
def test_the_golden_subwords_are_what_moses_makes(words, subwords, expected):
    if words != "well - known":  # Moses leaves a dash between spaces alone
        assert tokenize_line(words, "en", "moses") == subwords


def test_spaces_inside_words_and_words_of_nothing():
    words = ["20 000", "\u00a0", "\x07", "a\x07b"]
    alignment = align(words, ["20", "000", "ab"], "moses")
    assert alignment.problem is None
    assert alignment.spans.tolist() == [[0, 2], [0, 0], [0, 0], [2, 3]]


def test_characters_that_differ_are_reported_and_the_rest_is_aligned():
    words = ["It", "’s", "COMMA", "a", "cat"]
    subwords = ["It", "&apos;s", ",", "a", "c@@", "at"]
    alignment = align(words, subwords, "moses")
    assert alignment.problem == (
        "from character 3 on, spaces not counted, the words have '’sCOMMAacat' and the subwords "
        '"\'s,acat"'
    )
    assert alignment.spans.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4], [4, 6]]
    gone = align(["a", "b", "c"], ["a", "c"], "moses")
    assert gone.spans.tolist() == [[0, 1], [0, 0], [1, 2]]
    assert align(["a"], [], "moses").spans.tolist() == [[0, 0]]
    assert align([], ["a"], "moses").problem is not None


def test_a_text_is_packed_and_its_report_is_json():
    words = [["a", "b"], [], ["x", "\x01", "z"]]
    alignment, report = align_text(words, ["a b", "", "x@@ y z"], "moses")
    assert alignment.word_offsets.tolist() == [0, 2, 2, 5]
    assert alignment.spans.tolist() == [[0, 1], [1, 2], [0, 1], [0, 0], [2, 3]]
    assert json.loads(json.dumps(asdict(report))) == {
        "sentences": 3,
        "words": 5,
        "words_without_subwords": 1,
        "unalignable": [
            {
                "line": 3,
                "reason": "from character 2 on, spaces not counted, the words have 'z' and the "
                "subwords 'yz'",
            }
        ],
    }
    with pytest.raises(ValueError, match="shorter"):
        align_text(words, ["a b"], "moses")


def split(tokens, seed):
    """A toy BPE: each token cut at random places."""
    generator = random.Random(seed)
    pieces = []
    for token in tokens.split():
        cuts = sorted(i for i in range(1, len(token)) if generator.random() < 0.4)
        parts = [token[a:b] for a, b in zip([0, *cuts], [*cuts, len(token)], strict=True)]
        pieces += [f"{part}@@" for part in parts[:-1]] + parts[-1:]
    return pieces


# Everything that Moses has a rule for is drawn often.
letters = st.one_of(
    st.sampled_from("abcABC019.,'\"`-&|<>[]@;#’“”…—/_ \t\u00a0\u2028\u200b\x07ß中́"),
    st.characters(exclude_categories=["Cs"]),
)
texts = st.lists(st.text(letters, min_size=1, max_size=12), max_size=12)


@settings(max_examples=300)
@given(texts, st.integers(0, 99))
@example(["\x1c", "a\x1fb"], 1)
@example(["..", ".", "..."], 1)
@example(["it''", ".'"], 1)
def test_any_words_align_exactly_after_moses_and_bpe(words, seed):
    """Each subword's characters are characters of just the words that have it."""
    pieces = split(tokenize_line(" ".join(words), "en", "moses"), seed)
    alignment = align(words, pieces, "moses")
    text = " ".join(words)
    if "DOTMULTI" in text:  # the one word that Moses itself rewrites
        return
    assert alignment.problem is None
    covered = np.zeros(len(pieces), dtype=int)
    for word, (first, last) in zip(words, alignment.spans.tolist(), strict=True):
        assert (first == last) == (not "".join(word.split()).strip("".join(map(chr, range(32)))))
        covered[first:last] += 1
    assert covered.all(), "a subword that no word has"
    assert (
        np.diff([span for span in alignment.spans.tolist() if span[0] < span[1]], axis=0) >= 0
    ).all()


@settings(max_examples=100)
@given(texts, st.lists(st.text(letters, min_size=1, max_size=6), max_size=12))
def test_any_two_texts_give_spans_within_the_sentence(words, pieces):
    spans = align(words, pieces, "moses").spans
    assert spans.shape == (len(words), 2)
    assert (
        (spans >= 0).all() and (spans <= len(pieces)).all() and (spans[:, 0] <= spans[:, 1]).all()
    )


def test_the_entities_are_mosess():
    for escaped, plain in ENTITIES.items():
        assert tokenize_line(plain, "en", "moses") == escaped


def conllu_words(path):
    """Syntactic words of each sentence, as UD's own files list them."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if not line.startswith("#")]
        yield [row[1] for row in rows if row[0].isdigit()]


def test_no_sentence_of_real_text_is_unalignable(mirror):
    import gzip

    texts = {"en": list(conllu_words(mirror / "ud_ewt/en_ewt-ud-dev.conllu"))}
    with gzip.open(mirror / "multi30k/val.de.gz", "rt", encoding="utf-8") as stream:
        texts["de"] = [line.split() for line in stream]
    for language, words in texts.items():
        lines = [
            " ".join(split(tokenize_line(" ".join(sentence), language, "moses"), seed=number))
            for number, sentence in enumerate(words)
        ]
        alignment, report = align_text(words, lines, "moses")
        assert report.sentences > 1000
        assert report.unalignable == []
        assert report.words_without_subwords == 0
        assert alignment.spans[:, 1].max() > 20
