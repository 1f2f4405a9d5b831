"""Contrasts made by rules from an English-German text: number, colour, preposition, person.

Each error exchanges one German word for another of the same kind, so that the German stays
grammatical and says something else. The English word of the German one must be in the source, as
often as the German word is in the translation, and the English word of its replacement must not; so
the exchange is an error, and of one word only. What replaces a word is drawn by the sentence, the
same on every machine.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from random import Random

from ticketscope.behaviour import person_contrasts
from ticketscope.behaviour.contrast_items import Contrast
from ticketscope.behaviour.german_text import Word, exchange, times, words

# Without `ein`: it is the article as well, and its noun is singular.
_NUMBERS = {
    "zwei": ("two",),
    "drei": ("three",),
    "vier": ("four",),
    "fünf": ("five",),
    "sechs": ("six",),
    "sieben": ("seven",),
    "acht": ("eight",),
    "neun": ("nine",),
    "zehn": ("ten",),
}

# Stems of the colours that are declined with no change of the stem.
_COLOURS = {
    "rot": ("red",),
    "blau": ("blue",),
    "grün": ("green",),
    "gelb": ("yellow",),
    "schwarz": ("black",),
    "weiß": ("white",),
    "grau": ("gray", "grey"),
    "braun": ("brown",),
}
_ENDINGS = ("", "e", "en", "er", "es", "em")

# Prepositions with a dative for a place and an accusative for a direction, so that each has the
# case that another had there. `in` and `an` are left out: too many other words translate them.
_PREPOSITIONS = {
    "auf": ("on", "onto"),
    "unter": ("under", "underneath", "beneath", "below"),
    "über": ("over", "above"),
    "vor": ("in front of",),
    "hinter": ("behind",),
    "neben": ("next to", "beside"),
}
# Contractions with the article, which only some of the prepositions have in writing.
_CONTRACTED = {
    f"{preposition}{end}": (preposition, article)
    for preposition in ("unter", "über", "vor", "hinter")
    for end, article in (("m", "dem"), ("n", "den"), ("s", "das"))
} | {"aufs": ("auf", "das")}

# What a noun phrase begins with, besides a noun. Before another word, a preposition's form is often
# a verb particle.
_DETERMINER = re.compile(
    r"d(?:er|ie|as|em|en|es)|(?:k?ein|sein|ihr)(?:e[mnrs]?)?"
    r"|(?:dies|jed|mehrer|einig|viel|ander)e[mnrs]?|zwei|drei|vier",
    re.IGNORECASE,
)


def make_contrasts(source: Iterable[str], target: Iterable[str]) -> list[Contrast]:
    """All items of a text, at most one of each phenomenon for a pair of sentences.

    Args:
        source: English sentences, raw.
        target: Their German translations.
    """
    items = []
    for english, german in zip(source, target, strict=True):
        for phenomenon, errors, tasks in _PHENOMENA:
            # A seed of text is hashed by SHA-512: the same everywhere.
            random = Random(f"{phenomenon}\t{english}\t{german}")
            wrong = _draw(list(errors(english, german)), random)
            if wrong is not None:
                items.append(Contrast(english, german, wrong, phenomenon, tasks=tasks))
    return items


def _draw(errors: list[list[str]], random: Random) -> str | None:
    """One of the errors of one of the places; None: there are none."""
    return random.choice(random.choice(errors)) if errors else None


def _number_errors(english: str, german: str) -> Iterator[list[str]]:
    return _exchanges(english, german, _NUMBERS, _plain)


def _colour_errors(english: str, german: str) -> Iterator[list[str]]:
    return _exchanges(english, german, _COLOURS, _declined)


def _preposition_errors(english: str, german: str) -> Iterator[list[str]]:
    tokens = words(german)
    governing = {word for word, after in pairwise(tokens) if _begins(after)}
    return _exchanges(english, german, _PREPOSITIONS, _contracted, governing)


def _begins(word: Word) -> bool:
    """Whether a noun phrase may begin with this word: a determiner, or a noun."""
    return word.text[0].isupper() or _DETERMINER.fullmatch(word.text) is not None


def _exchanges(
    english: str,
    german: str,
    table: Mapping[str, tuple[str, ...]],
    analyse: Callable[[str, Iterable[str]], tuple[str, str] | None],
    among: Iterable[Word] | None = None,
) -> Iterator[list[str]]:
    """For each word of the table that can be exchanged: the sentences with another in its place.

    Args:
        english: Source sentence.
        german: Its translation.
        table: German word or stem -> English words.
        analyse: From a lower-cased form and the table's words to word and rest; None: none of
            them.
        among: The words that may be exchanged; None: all.
    """
    allowed = None if among is None else set(among)
    tokens = [(word, analyse(word.text.lower(), table)) for word in words(german)]
    used = [parts[0] for _, parts in tokens if parts]
    counts = {
        entry: sum(times(translation, english) for translation in translations)
        for entry, translations in table.items()
    }
    free = [entry for entry in table if entry not in used and counts[entry] == 0]
    for word, parts in tokens:
        if parts is None or (allowed is not None and word not in allowed):
            continue
        entry, rest = parts
        if used.count(entry) == counts[entry] and free:
            yield [exchange(german, [(word, other + rest)]) for other in free]


def _plain(form: str, table: Iterable[str]) -> tuple[str, str] | None:
    return (form, "") if form in table else None


def _declined(form: str, table: Iterable[str]) -> tuple[str, str] | None:
    for stem in table:
        if form.startswith(stem) and form.removeprefix(stem) in _ENDINGS:
            return stem, form.removeprefix(stem)
    return None


def _contracted(form: str, table: Iterable[str]) -> tuple[str, str] | None:
    if form in _CONTRACTED:
        preposition, article = _CONTRACTED[form]
        return preposition, f" {article}"
    return _plain(form, table)


# With the probing tasks that test the same knowledge: what a preposition means in its sentence.
# Which number, colour or person a word names is no task of Liu et al. (2019).
_Errors = Callable[[str, str], Iterable[list[str]]]
_PHENOMENA: tuple[tuple[str, _Errors, tuple[str, ...]], ...] = (
    ("number", _number_errors, ()),
    ("colour", _colour_errors, ()),
    ("person", person_contrasts.person_errors, ()),
    ("preposition", _preposition_errors, ("PS-Fxn", "PS-Role")),
)
