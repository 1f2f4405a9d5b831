"""German agreement: gender and person of phrases, articles, names."""

from ticketscope.corpus.grammar.german import morphology as m
from ticketscope.corpus.grammar.lexicon import Name
from ticketscope.corpus.grammar.spec import Phrase
from ticketscope.corpus.grammar.tables import entries, translations, words

_NUMBERS = translations(words.NUMBERS)
_PLACES = translations(words.CITIES, words.COUNTRIES)
_TITLES = {title: forms for title, *forms in entries(words.TITLES)}  # nominative, other cases
_DER_WORDS = {"this": "dies", "that": "jen", "every": "jed", "all": "all"}
_PLURAL_WORDS = {"many": "viel", "several": "mehrer", "some": "einig"}
_EIN_WORDS = {"a": "ein", "no": "kein"}


def german_noun(phrase: Phrase) -> m.GermanNoun:
    """The noun, or the word for a woman if the sentence reveals that it is one."""
    assert phrase.noun is not None
    noun = phrase.noun.german
    return noun.feminine if phrase.sex == "f" and noun.feminine is not None else noun


def gender(phrase: Phrase) -> str:
    """Row of the paradigm for the phrase's words: m, f, n or pl."""
    if phrase.plural:
        return "pl"
    if phrase.noun is not None:
        return german_noun(phrase).gender
    return phrase.sex or "n"


def reference(phrase: Phrase) -> str:
    """Row of the pronoun that takes the phrase up; persons go by natural gender."""
    return phrase.reference or gender(phrase.root())


def person(phrase: Phrase) -> str:
    """1sg, 1pl, 3sg or 3pl."""
    return phrase.speaker or ("3pl" if phrase.plural else "3sg")


def article(phrase: Phrase, case: str) -> tuple[str, str]:
    """The article word (may be empty) and the declension that adjectives after it have."""
    row, column, det = gender(phrase), m.CASES.index(case), phrase.det
    if det in _DER_WORDS:
        return _DER_WORDS[det] + m.DER_WORD[row][column], "weak"
    if det in _PLURAL_WORDS:
        return _PLURAL_WORDS[det] + m.DER_WORD["pl"][column], "strong"
    if det in _EIN_WORDS:
        return _EIN_WORDS[det] + m.EIN_WORD[row][column], "mixed"
    if det == "number":
        assert phrase.count is not None
        return _NUMBERS[phrase.count], "strong"
    if det == "bare":
        return "", "strong"
    possessor = phrase.possessor if det == "poss" else None
    if possessor is not None and possessor.pronoun:
        return m.POSSESSIVE[reference(possessor)] + m.EIN_WORD[row][column], "mixed"
    if possessor is not None and possessor.name is not None:
        owner = " ".join(name_words(possessor.name, "nom"))
        return owner + ("'" if owner.endswith(("s", "x", "z", "ß")) else "s"), "strong"
    return m.DEFINITE[row][column], "weak"  # the, and die Kuh des Bauern


def name_words(name: Name, case: str) -> list[str]:
    """A name with its title in the case; some countries have an article: die Schweiz."""
    first, *others = name.words
    if name.kind == "person":
        title = _TITLES.get(first)
        return [title[case != "nom"] if title else first, *others]
    german = _PLACES.get(first, first)
    if not has_article(name):
        return [german]
    return [m.DEFINITE["f"][m.CASES.index(case)], german.removeprefix("die ")]


def has_article(name: Name) -> bool:
    return _PLACES.get(name.words[0], "").startswith("die ")
