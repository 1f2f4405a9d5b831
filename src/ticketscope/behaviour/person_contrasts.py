"""Errors about persons: a man for a woman, a girl for a boy, with articles that agree.

Plurals are exchanged as they are, since plural articles and adjectives have no gender. A singular
is exchanged with its article and its adjectives, if these tell its case, and with nothing before it
where it opens the sentence. Left out is a sentence with a pronoun that agrees with a singular.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from ticketscope.behaviour.german_text import Word, exchange, times, words

_CASES = ("nominative", "accusative", "dative", "genitive")


@dataclass(frozen=True)
class _Person:
    """A noun: English singular and plural, gender, singular in four cases."""

    singular: str
    plural: str
    gender: str
    forms: tuple[str, str, str, str]


_PERSONS = (
    _Person("man", "men", "m", ("Mann", "Mann", "Mann", "Mannes")),
    _Person("woman", "women", "f", ("Frau", "Frau", "Frau", "Frau")),
    _Person("boy", "boys", "m", ("Junge", "Jungen", "Jungen", "Jungen")),
    _Person("girl", "girls", "n", ("Mädchen", "Mädchen", "Mädchen", "Mädchens")),
)

# Plural -> English, and the plurals that can stand for it in all cases that it may have.
_PLURALS = {
    "Männer": ("men", ("Frauen", "Jungen", "Mädchen", "Kinder")),
    "Männern": ("men", ("Frauen", "Jungen", "Mädchen", "Kindern")),
    "Frauen": ("women", ("Jungen", "Mädchen")),
    "Jungen": ("boys", ("Frauen", "Mädchen")),
    "Mädchen": ("girls", ("Frauen", "Jungen")),
    "Kinder": ("children", ("Männer", "Frauen")),
    "Kindern": ("children", ("Männern", "Frauen")),
}
_SINGULARS = {person.plural: person.singular for person in _PERSONS} | {"children": "child"}

# Article and adjective ending by gender, for the four cases.
_DECLENSIONS = {
    "indefinite": {
        "m": (("ein", "er"), ("einen", "en"), ("einem", "en"), ("eines", "en")),
        "f": (("eine", "e"), ("eine", "e"), ("einer", "en"), ("einer", "en")),
        "n": (("ein", "es"), ("ein", "es"), ("einem", "en"), ("eines", "en")),
    },
    "definite": {
        "m": (("der", "e"), ("den", "en"), ("dem", "en"), ("des", "en")),
        "f": (("die", "e"), ("die", "e"), ("der", "en"), ("der", "en")),
        "n": (("das", "e"), ("das", "e"), ("dem", "en"), ("des", "en")),
    },
}

# Prepositions and the cases that they leave an article after them.
_GOVERNMENT = (
    (("mit", "von", "bei", "zu", "aus", "nach", "seit"), ("dative",)),
    (("für", "um", "durch", "gegen", "ohne"), ("accusative",)),
    (
        ("in", "an", "auf", "unter", "über", "vor", "hinter", "neben", "zwischen"),
        ("accusative", "dative"),
    ),
)
_GOVERNED = {word: cases for prepositions, cases in _GOVERNMENT for word in prepositions}

# Pronouns that may agree with a singular noun, and a comma before one or its preposition.
_PRONOUN = re.compile(
    r"\b(?:er|sie|ihn|ihm|(?:ihr|sein)(?:e[mnrs]?)?|dessen|deren|selbst)\b"
    r"|, (?:\w+ )?(?:der|die|das|dem|den)\b",
    re.IGNORECASE,
)
_LOWER = re.compile(r"[a-zäöüß-]+")


def person_errors(english: str, german: str) -> Iterator[list[str]]:
    """For each person that can be exchanged: the sentences with another in its place.

    Args:
        english: Source sentence.
        german: Its translation.
    """
    tokens = words(german)
    yield from _plural_errors(english, german, tokens)
    if not _PRONOUN.search(german):
        yield from _singular_errors(english, german, tokens)


def _plural_errors(english: str, german: str, tokens: Sequence[Word]) -> Iterator[list[str]]:
    forms = [word.text for word in tokens]
    for position, word in enumerate(tokens):
        if word.text not in _PLURALS:
            continue
        plural, others = _PLURALS[word.text]
        same = sum(_PLURALS[form][0] == plural for form in forms if form in _PLURALS)
        # `Mädchen` and `Jungen` are singulars too.
        singular = any(
            word.text in person.forms and times(person.singular, english) for person in _PERSONS
        )
        # In `einer der Männer`, the pronoun has the gender of the noun.
        partitive = position > 1 and (
            forms[position - 1] == "der" and forms[position - 2].lower() in ("einer", "eine")
        )
        if singular or partitive or times(plural, english) != same:
            continue
        free = [other for other in others if _absent(_PLURALS[other][0], english)]
        if free:
            yield [exchange(german, [(word, other)]) for other in free]


def _singular_errors(english: str, german: str, tokens: Sequence[Word]) -> Iterator[list[str]]:
    for position, word in enumerate(tokens):
        for person in _PERSONS:
            if word.text not in person.forms:
                continue
            same = sum(other.text in person.forms for other in tokens)
            if times(person.singular, english) != same or times(person.plural, english):
                continue
            errors = []
            for other in _PERSONS:
                if other is not person and _absent(other.plural, english):
                    changes = _changes(tokens, position, person, other)
                    if changes:
                        errors.append(exchange(german, changes))
            if errors:
                yield errors


def _absent(plural: str, english: str) -> bool:
    """Whether an English person is named in neither number."""
    return not times(plural, english) and not times(_SINGULARS[plural], english)


def _changes(
    tokens: Sequence[Word], position: int, person: _Person, other: _Person
) -> list[tuple[Word, str]] | None:
    """What to replace for another person in the place of one; None: its case is not certain."""
    noun = tokens[position]
    start = position
    while start > 0 and _LOWER.fullmatch(tokens[start - 1].text):
        if _articles(tokens[start - 1].text, person):
            break
        start -= 1
    adjectives = tokens[start:position]
    article = tokens[start - 1] if start > 0 else None
    if article is None or not _articles(article.text, person):
        # `Mann auf einer Bank`: a nominative, without an ending that would agree.
        if position == 0 and noun.text == person.forms[0]:
            return [(noun, other.forms[0])]
        return None
    options = {
        tuple(changes)
        for kind, case in _articles(article.text, person)
        if _possible(tokens, start - 1, case)
        for changes in [_declined(kind, case, article, adjectives, noun, person, other)]
        if changes
    }
    return list(options.pop()) if len(options) == 1 else None


def _articles(form: str, person: _Person) -> list[tuple[str, int]]:
    """Declensions and cases in which a person's article has this form."""
    return [
        (kind, case)
        for kind, case in product(_DECLENSIONS, range(len(_CASES)))
        if _DECLENSIONS[kind][person.gender][case][0] == form.lower()
    ]


def _possible(tokens: Sequence[Word], article: int, case: int) -> bool:
    """Whether the words before an article leave this case: opening a sentence, or governed."""
    if article == 0:
        return _CASES[case] == "nominative"
    before = tokens[article - 1].text.lower()
    return _CASES[case] in _GOVERNED.get(before, _CASES)


def _declined(
    kind: str,
    case: int,
    article: Word,
    adjectives: Iterable[Word],
    noun: Word,
    person: _Person,
    other: _Person,
) -> list[tuple[Word, str]]:
    """The phrase of another person in the same case; empty: it is not that case after all."""
    _, old = _DECLENSIONS[kind][person.gender][case]
    form, new = _DECLENSIONS[kind][other.gender][case]
    if noun.text != person.forms[case]:
        return []
    changes = [(article, form), (noun, other.forms[case])]
    for adjective in adjectives:
        stem = adjective.text.removesuffix(old)
        if stem == adjective.text:
            return []
        changes.append((adjective, stem + new))
    return changes
