"""Subwords that a dictionary lacks, and why: often its text was tokenised in another way."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Literal

from ticketscope.corpus.dictionary import read_dictionary
from ticketscope.corpus.settings import Tokenizer
from ticketscope.corpus.tokenization import SPACE, is_moses

SHOWN = 5  # subwords that are named
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def count_unknown(lines: Sequence[str], dictionary: Set[str]) -> Counter[str]:
    """How often each subword occurs in a text that the dictionary lacks."""
    return Counter(word for line in lines for word in line.split() if word not in dictionary)


def warn_of_unknown(
    name: str,
    lines: Sequence[str],
    dictionary: Path,
    tokenizer: Tokenizer,
    progress: Callable[[str], None],
) -> None:
    """Show a warning if fairseq's dictionary lacks subwords of a text.

    Raises:
        InputError: as `read_dictionary`.
    """
    known = read_dictionary(dictionary).keys()
    if unknown := count_unknown(lines, known):
        subwords = sum(len(line.split()) for line in lines)
        progress(warning(name, unknown, subwords, known, tokenizer))


def commonest(unknown: Counter[str]) -> str:
    """The commonest of them with their counts, such as `@-@ (135), ’ (2)`."""
    return ", ".join(f"{subword} ({count})" for subword, count in unknown.most_common(SHOWN))


def warning(
    name: str, unknown: Counter[str], subwords: int, dictionary: Set[str], tokenizer: Tokenizer
) -> str:
    """What the log says of a text that has unknown subwords, in a line.

    Args:
        name: Of the text.
        unknown: From `count_unknown`; not empty.
        subwords: Length of the text.
        dictionary: What it is looked up in.
        tokenizer: What made it.
    """
    return (
        f"warning: {name}: {unknown.total()} of {subwords} subwords are unknown to the models' "
        f"dictionary, most often {commonest(unknown)}; likely cause: "
        f"{likely_cause(unknown, dictionary, tokenizer)}"
    )


def likely_cause(unknown: Counter[str], dictionary: Set[str], tokenizer: Tokenizer) -> str:
    """Why the commonest unknown subword is unknown, judged by what the dictionary has."""
    subword = unknown.most_common(1)[0][0]
    text = subword.removesuffix("@@")
    pieces = any(entry.startswith(SPACE) for entry in dictionary)
    if pieces != (tokenizer == "sentencepiece"):
        made = "SentencePiece's pieces" if pieces else "no pieces of SentencePiece"
        return f"the dictionary has {made} (subwords.tokenizer)"
    # BPE that never saw @-@ leaves its characters apart.
    if tokenizer == "moses" and "@" in text and "@-@" not in dictionary:
        return (
            "the dictionary's text was tokenised without dash splitting "
            "(subwords.tokenizer: moses-no-dash-splits)"
        )
    if tokenizer != "moses" and "-" in text and "@-@" in dictionary:
        return "the dictionary's text was tokenised with dash splitting (subwords.tokenizer: moses)"
    escaped = any(entry.startswith(("&apos;", "&quot;", "&amp;")) for entry in dictionary)
    if text.startswith("&") and is_moses(tokenizer) and not escaped:
        return "the dictionary's text has no entities for & ' \" (subwords.tokenizer)"
    if text in ("&", "'", '"') and escaped and not is_moses(tokenizer):
        return "the dictionary's text has Moses' entities for & ' \" (subwords.tokenizer)"
    return _spelling(text, {letter for entry in dictionary for letter in entry})


def _spelling(text: str, alphabet: Set[str]) -> str:
    """The cause by the characters of an unknown subword and those of all others."""
    if set(text) <= alphabet:
        return "other codes than the dictionary's, or rare subwords that it leaves out"
    if any(map(unicodedata.combining, text)):
        return "another Unicode normalisation: the dictionary's text is NFC"
    for form in _FORMS:
        if set(unicodedata.normalize(form, text)) <= alphabet:
            return f"another Unicode normalisation: the dictionary's text is {form}"
    if set(text.lower()) <= alphabet:
        return "the dictionary's text is in lower case"
    return "characters that the dictionary's text lacks"
