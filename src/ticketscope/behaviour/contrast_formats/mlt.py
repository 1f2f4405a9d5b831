"""MLT: English words with several translations, in their sentences (Lala and Specia 2018).

github.com/sheffieldnlp/mlt: lines `word | translation | sentence | reference | image`, the texts
lower-cased and tokenised by Moses, with its XML entities. They were made from Multi30k, and an item
is made of Multi30k's own raw sentence.
"""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from ticketscope.behaviour.contrast_formats.reading import aligned_lines
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.settings import Mlt
from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError

_SEVERAL = 2  # occurrences that make a translation one of the word's, not a slip of the alignment
_COLUMNS = ("word", "translation", "sentence", "reference", "image")

# Translations that mean the same where they translate the same word: exchanging them is no error.
# A form belongs to the first group in which a stem begins it.
_SYNONYMS = (
    ("person", "leute", "mensch", "gruppe", "menge"),
    ("mann", "männer", "typ", "kerl", "junge"),
    ("bild", "foto"),
    ("team", "mannschaft"),
    ("zuseh", "zuschau", "beobacht", "betracht", "blick", "seh", "schau"),
    ("lauf", "läuf", "renn", "geh"),
    ("gras", "rasen"),
    ("wasser", "gewässer"),
    ("fels", "stein"),
    ("küste", "ufer", "strand"),
    ("spiel", "fußball"),
    ("neben", "nahe", "nähe"),
    ("laster", "lastwagen", "lkw", "fahrzeug"),
    ("pulli", "pullover", "sweater"),
    ("trag", "träg", "kleid", "gekleid"),
    ("tasche", "tüte"),
)


@dataclass(frozen=True)
class _Use:
    """A word and its translation in a raw sentence; start and end are the translation's place."""

    word: str
    source: str
    target: str
    start: int
    end: int

    @property
    def translation(self) -> str:
        return self.target[self.start : self.end]


def read(files: Mlt, progress: Callable[[str], None]) -> list[Contrast]:
    """An item for each use of a word that has several translations in the file.

    Translations count if they occur several times, are written with a capital where the other is
    (German nouns are, so a noun replaces a noun), and are neither inflected forms of one word nor
    synonyms. The incorrect translation has the form that occurs in the file; where its gender is
    another, articles and adjectives do not agree with it. Minority: a form of a word that is not
    the English word's most frequent translation.

    Raises:
        InputError: a file is missing or wrong; names file and line.
    """
    uses = list(_uses(files, progress))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for use in uses:
        counts[use.word][use.translation] += 1
    items = []
    for use in uses:
        others = _others(use.translation, counts[use.word])
        if not others:
            continue
        other = Random(f"{use.source}\t{use.target}\t{use.word}").choice(others)
        wrong = use.target[: use.start] + other + use.target[use.end :]
        minority = not _same(use.translation, _majority(counts[use.word]))
        items.append(Contrast(use.source, use.target, wrong, "word_sense", minority))
    return items


def _others(translation: str, counts: Counter[str]) -> list[str]:
    """The translations that are an error in place of this one, sorted."""
    if counts[translation] < _SEVERAL:
        return []
    return sorted(
        other
        for other, count in counts.items()
        if count >= _SEVERAL
        and other[0].isupper() == translation[0].isupper()
        and not _same(translation, other)
    )


def _majority(counts: Counter[str]) -> str:
    """A form of the most frequent translation, whose forms are counted together."""
    return max(
        counts,
        key=lambda form: sum(count for other, count in counts.items() if _same(form, other)),
    )


def _same(one: str, other: str) -> bool:
    """Whether two translations are forms of one word, or synonyms."""
    one, other = one.lower(), other.lower()
    group = _group(one)
    if one in other or other in one or (group is not None and group == _group(other)):
        return True
    plain = [text.translate(str.maketrans("äöü", "aou")) for text in (one, other)]
    stem = max(3, min(map(len, plain)) - 3)
    return plain[0][:stem] == plain[1][:stem]


def _group(form: str) -> int | None:
    return next((i for i, stems in enumerate(_SYNONYMS) if form.startswith(stems)), None)


def _uses(files: Mlt, progress: Callable[[str], None]) -> Iterator[_Use]:
    """The lines of the file, each in its raw sentence."""
    raw = {
        (_letters(source), _letters(target)): (source, target)
        for source, target in zip(*aligned_lines(files.src, files.tgt), strict=True)
    }
    lines = read_lines(Path(files.file))
    unknown = unclear = 0
    for number, line in enumerate(lines, start=1):
        fields = [field.strip() for field in line.split(" | ")]
        if len(fields) != len(_COLUMNS) or not all(fields):
            raise InputError(
                f"{files.file}, line {number}: should be {' | '.join(_COLUMNS)}, has "
                f"{len([field for field in fields if field])} fields"
            )
        word, translation, sentence, reference, _ = map(html.unescape, fields)
        pair = raw.get((_letters(sentence), _letters(reference)))
        if pair is None:
            unknown += 1
            continue
        places = [
            match
            for match in re.finditer(r"[\w-]+", pair[1])
            if match.group().lower() == translation.lower()
        ]
        if len(places) != 1:  # which of two is meant is not told
            unclear += 1
            continue
        yield _Use(word, *pair, *places[0].span())
    for count, reason in (
        (unknown, f"whose sentence is not in {files.src} and {files.tgt}"),
        (unclear, "whose translation is not exactly once in its reference"),
    ):
        if count:
            progress(f"{files.file}: left out {count} of {len(lines)} lines, {reason}")


def _letters(text: str) -> str:
    """What lower-casing and tokenising leave of a text, to compare it by."""
    return re.sub(r"[\W_]", "", text.lower())
