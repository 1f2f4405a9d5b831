"""Unknown subwords are counted, named, and traced to what they look like."""

from collections import Counter

import pytest

from ticketscope.corpus.unknown import commonest, count_unknown, likely_cause, warn_of_unknown

ENGLISH = {
    "the",
    "wel@@",
    "l-@@",
    "known",
    "cat",
    "@@@",
    "&apos;s",
    "-",
    "f@@",
    "a",
    "ä",
    "bro@@",
    ".",
}


def test_the_commonest_are_counted_and_named():
    lines = ["the @-@ cat", "cat @-@ dog", "@-@"]
    unknown = count_unknown(lines, ENGLISH)
    assert unknown == Counter({"@-@": 3, "dog": 1})
    assert commonest(unknown) == "@-@ (3), dog (1)"
    assert commonest(Counter("abcdefgg")) == "g (2), a (1), b (1), c (1), d (1)"


@pytest.mark.parametrize(
    ("subword", "tokenizer", "dictionary", "cause"),
    [
        ("@-@", "moses", ENGLISH, "tokenised without dash splitting"),
        ("@@@", "moses", ENGLISH, "tokenised without dash splitting"),
        ("-@@", "moses-no-dash-splits", {*ENGLISH, "@-@"}, "tokenised with dash splitting"),
        ("-@@", "moses", {*ENGLISH, "@-@"}, "other codes"),
        ("&amp;", "moses", {"the", "'s"}, "no entities"),
        ("&", "space", ENGLISH, "Moses' entities"),
        ("▁the", "sentencepiece", ENGLISH, "no pieces of SentencePiece"),
        ("the", "moses", {"▁the", "▁cat"}, "SentencePiece's pieces"),
        ("\u0308@@", "moses", ENGLISH, "dictionary's text is NFC"),
        ("ä", "moses", {"a", "\u0308"}, "dictionary's text is NFD"),
        ("ﬁ", "moses", {"f", "i"}, "dictionary's text is NFKC"),
        ("The", "moses", ENGLISH, "lower case"),
        ("猫", "moses", ENGLISH, "characters that the dictionary's text lacks"),
        ("act@@", "moses", ENGLISH, "other codes"),
    ],
)
def test_the_likely_cause(subword, tokenizer, dictionary, cause):
    assert cause in likely_cause(Counter([subword]), dictionary, tokenizer)


def test_a_warning_is_one_line_and_a_known_text_gives_none(tmp_path):
    (tmp_path / "dict.en.txt").write_text("the 3\ncat 2\n")
    shown: list[str] = []
    for text in (["the @-@ cat"], ["the cat", ""]):
        warn_of_unknown("mine", text, tmp_path / "dict.en.txt", "moses", shown.append)
    assert shown == [
        "warning: mine: 1 of 3 subwords are unknown to the models' dictionary, most often @-@ (1); "
        "likely cause: the dictionary's text was tokenised without dash splitting "
        "(subwords.tokenizer: moses-no-dash-splits)"
    ]
