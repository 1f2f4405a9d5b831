"""MLT: English words with several translations, in their sentences (Lala and Specia 2018).

github.com/sheffieldnlp/mlt: lines `word | translation | sentence | reference | image`, the texts
lower-cased and tokenised by Moses, with its XML entities. They were made from Multi30k, and an item
is made of Multi30k's own raw sentence. Pictures told the translators which word is right; a model
of text alone often cannot know, and shows which one it prefers.
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
from ticketscope.behaviour.german_text import Word, exchange, times, words
from ticketscope.behaviour.settings import Mlt
from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError

_SEVERAL = 2  # occurrences that make a translation one of the word's, not a slip of the alignment
_COLUMNS = ("word", "translation", "sentence", "reference", "image")

# Stems of translations that mean the same, or one of which means the other too, where they
# translate one word: exchanging them is no error. A picture tells Hut from Mütze, but never Leute
# from Menschen.
_SYNONYMS = (
    ("person", "leute", "mensch", "gruppe", "menge"),
    ("mann", "männer", "typ", "kerl", "junge"),
    ("hut", "kopfbedeckung"),
    ("mütze", "kopfbedeckung"),
    ("bild", "foto"),
    ("team", "mannschaft"),
    ("zuseh", "zuschau", "beobacht", "betracht", "blick", "seh", "schau"),
    ("sicht", "ansicht", "aussicht", "blick", "ausblick"),
    ("lauf", "läuf", "renn", "geh"),
    ("gras", "rasen", "wiese"),
    ("wasser", "gewässer"),
    ("fels", "stein"),
    ("küste", "ufer", "strand", "sand"),
    ("ast", "zweig"),
    ("stoff", "tuch"),
    ("schachtel", "karton"),
    ("bahnsteig", "plattform"),
    ("spitze", "dach"),
    ("seit", "rand", "neben", "nahe", "nähe"),
    ("zwei", "paar"),
    ("spiel", "fußball"),
    ("gebäude", "steingebäude"),
    ("laster", "lastwagen", "lkw", "fahrzeug"),
    ("pulli", "pullover", "sweater"),
    ("trag", "träg", "kleid", "gekleid"),
    ("tasche", "tüte"),
)


@dataclass(frozen=True)
class _Use:
    """A word, and the place of its translation in a raw sentence."""

    word: str
    source: str
    target: str
    place: Word

    @property
    def translation(self) -> str:
        return self.place.text


def read(files: Mlt, progress: Callable[[str], None]) -> list[Contrast]:
    """An item for each use of a word that has several translations in the files.

    Translations count if they occur several times, are written with a capital where the other is
    (German nouns are, so a noun replaces a noun), and are neither inflected forms of one word nor
    synonyms. The incorrect translation has the form that occurs in the files; where its gender is
    another, articles and adjectives do not agree with it. Minority: a form of a word that is not
    the English word's most frequent translation.

    Raises:
        InputError: a file is missing or wrong; names file and line.
    """
    uses = list(dict.fromkeys(_uses(files, progress)))  # some lines are there twice
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for use in uses:
        counts[use.word][use.translation] += 1
    items = []
    for use in uses:
        others = _others(use.translation, counts[use.word])
        if not others:
            continue
        other = Random(f"{use.source}\t{use.target}\t{use.word}").choice(others)
        wrong = exchange(use.target, [(use.place, other)])
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


def _same(form: str, other: str) -> bool:
    """Whether two translations are forms of one word, or synonyms."""
    form, other = form.lower(), other.lower()
    if form in other or other in form:
        return True
    if any(form.startswith(stems) and other.startswith(stems) for stems in _SYNONYMS):
        return True
    plain = [text.translate(str.maketrans("äöü", "aou")) for text in (form, other)]
    stem = max(3, min(map(len, plain)) - 3)
    return plain[0][:stem] == plain[1][:stem]


def _uses(files: Mlt, progress: Callable[[str], None]) -> Iterator[_Use]:
    """The lines of the files, each in its raw sentence."""
    raw = {
        (_letters(source), _letters(target)): (source, target)
        for texts in zip(files.src, files.tgt, strict=True)
        for source, target in zip(*aligned_lines(*texts), strict=True)
    }
    for path in files.file:
        lines = read_lines(Path(path))
        unknown = unclear = 0
        for number, line in enumerate(lines, start=1):
            word, translation, sentence, reference = _fields(line, f"{path}, line {number}")
            pair = raw.get((_letters(sentence), _letters(reference)))
            if pair is None:
                unknown += 1
                continue
            places = [other for other in words(pair[1]) if other.text.lower() == translation]
            if len(places) == 1 and times(word, pair[0]) == 1:
                yield _Use(word, *pair, places[0])
            else:  # which of two is meant is not told
                unclear += 1
        for count, reason in (
            (unknown, f"whose sentence is not in {', '.join(files.src)}"),
            (unclear, "whose word or translation is not exactly once in its sentence"),
        ):
            if count:
                progress(f"{path}: left out {count} of {len(lines)} lines, {reason}")


def _fields(line: str, place: str) -> list[str]:
    """Word, translation, sentence and reference of a line."""
    fields = [html.unescape(field.strip()) for field in line.split(" | ")]
    if len(fields) != len(_COLUMNS) or not all(fields):
        raise InputError(
            f"{place}: should be {' | '.join(_COLUMNS)}, has {sum(map(bool, fields))} fields"
        )
    return [*fields[:1], fields[1].lower(), *fields[2:4]]


def _letters(text: str) -> str:
    """What lower-casing and tokenising leave of a text, to compare it by."""
    return re.sub(r"[\W_]", "", text.lower())
