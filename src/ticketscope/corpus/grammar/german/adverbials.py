"""German prepositions, subordinators, adverbs and expressions of time."""

from ticketscope.corpus.grammar.german.agreement import has_article
from ticketscope.corpus.grammar.lexicon import RELATIONS
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Time
from ticketscope.corpus.grammar.tables import by_noun, entries, translations, words

ADVERBS = translations(words.FREQUENCY, words.MANNER, words.SENTENCE_ADVERBS, words.INTENSIFIERS)
_NUMBERS, _SUBORDINATORS = translations(words.NUMBERS), translations(words.SUBORDINATORS)
_CALENDAR = translations(words.DAYS, words.MONTHS, words.SEASONS, words.DAYTIMES)
_UNITS = {english: (singular, plural, gender) for english, singular, plural, gender in
    entries(words.UNITS)}  # fmt: skip
_NAMED_DAYS = {"today": "heute", "yesterday": "gestern", "tomorrow": "morgen"}
_ACCUSATIVE = {"last": "letzt", "next": "nächst", "every": "jed"}
_IN_OR_ON, _AT = by_noun(words.IN_OR_ON), by_noun(words.AT)


def preposition(adjunct: Adjunct) -> tuple[str, str]:
    """German preposition (none: a plain genitive) and its case."""
    word, case = RELATIONS[adjunct.relation].german
    noun, name = adjunct.phrase.noun, adjunct.phrase.name
    if adjunct.relation == "location" and noun is not None and noun.kind in "OR":
        word = _IN_OR_ON.get(noun.english, "in")
    elif adjunct.relation == "at" and noun is not None:
        word = _AT.get(noun.english, {"E": "bei", "O": "an"}.get(noun.kind, "in"))
    elif adjunct.relation == "destination" and name is not None:
        word, case = ("in", "acc") if has_article(name) else ("nach", "dat")
    if case == "two-way":
        case = "acc" if adjunct.directed else "dat"
    return word, case


def subordinator(name: str, clause: Clause) -> str:
    """German for "when" is als in the past, wenn in the present."""
    return "als" if name == "when" and clause.tense == "past" else _SUBORDINATORS[name]


def time_words(time: Time) -> str:
    """The expression of time."""
    pattern, word = time.pattern, time.word
    if pattern in _NAMED_DAYS:
        return _NAMED_DAYS[pattern]
    if word in _UNITS:
        singular, plural, gender = _UNITS[word]
        if pattern in _ACCUSATIVE:
            ending = {"f": "e", "m": "en", "n": "es"}[gender]
            return f"{_ACCUSATIVE[pattern]}{ending} {singular}"
        count = _NUMBERS[time.count]
        if pattern == "for":
            return f"{count} {plural} lang"
        return f"vor {count} {plural.removesuffix('n')}n"
    if word == "night":
        return "in der Nacht"
    german = _CALENDAR[word] + (_CALENDAR[time.part].lower() if time.part else "")
    return f"{'im' if pattern in ('month', 'season') else 'am'} {german}"
