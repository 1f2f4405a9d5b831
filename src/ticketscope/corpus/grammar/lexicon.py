"""The dictionary: the word tables as typed entries, each a meaning with its two halves.

Sampling and `spec` use an entry as a meaning. Each language reads its own half: `german` holds the
German words, their inflection and government; the other fields hold the English words.
"""

from dataclasses import dataclass, replace
from functools import cache, cached_property

from ticketscope.corpus.grammar.english import morphology as en
from ticketscope.corpus.grammar.german import morphology as de
from ticketscope.corpus.grammar.tables import english, entries, nouns, translations, verbs, words


@dataclass(frozen=True, eq=False)
class Noun:
    """A noun; `kind` is its class letter.

    `sex` is m or f, `none` where nobody tells it (child), None where the sentence may tell it.
    """

    english: str
    plural: str
    kind: str
    countable: bool
    german: de.GermanNoun
    sex: str | None = None
    first: str | None = None  # first part of an English two-word compound

    @cached_property
    def name(self) -> str:
        """English citation form, for combination keys."""
        return f"{self.first} {self.english}" if self.first else self.english


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb with one frame; see `tables.verbs` for the columns."""

    english: str
    past: str
    participle: str
    particle: str | None
    preposition: str | None
    frame: str
    factuality: tuple[float, float]
    options: frozenset[str]
    german: de.GermanVerb
    subject: str
    object: str = ""
    second: str = ""
    # Classes over all verbs with this English form and frame, all of which a hearer considers.
    subject_rivals: str = ""
    object_rivals: str = ""
    subject_decides: bool = False  # only the subject tells two translations apart: eat

    @cached_property
    def name(self) -> str:
        return " ".join(filter(None, [self.english, self.particle, self.preposition]))

    @property
    def relativizes(self) -> bool:
        """Whether both languages have a preposition for a relative pronoun to follow."""
        return self.german.preposition is None or bool(self.german.preposition[0])


@dataclass(frozen=True, eq=False)
class Adjective:
    """An adjective and the classes of nouns that it goes with."""

    english: str
    kinds: str
    german: de.GermanAdjective
    comparative: tuple[str, ...] = ()
    english_kinds: str = ""  # classes over all adjectives of this English form


@dataclass(frozen=True, eq=False)
class Name:
    """A proper name: `kind` person, city, country or organisation."""

    words: tuple[str, ...]
    kind: str
    sex: str | None = None


@dataclass(frozen=True)
class Relation:
    """What a prepositional phrase says of its head, with the SNACS labels of its preposition."""

    english: tuple[str, ...]
    role: str
    function: str
    german: tuple[str, str]  # preposition (none: plain genitive) and case


def _noun(fields: list[str], kind: str) -> Noun:
    word, german, gender, plural, *more = fields
    options = dict(field.split("=") for field in more)
    weak, gender = gender == "mw", gender[0]
    genitive = options.get("gen", de.genitive(german, gender, weak, plural))
    sex = feminine = None
    if "fem" in options:
        form = german + "in" if options["fem"] == "+" else options["fem"]
        feminine = de.GermanNoun(form, "f", form + "nen", form)
    elif kind == "P":
        sex = options.get("sex", "m").replace("n", "none")
    countable = plural != "-"
    return Noun(
        word,
        options.get("pl", en.plural(word)),
        kind,
        countable,
        de.GermanNoun(german, gender, plural if countable else None, genitive, weak, feminine),
        sex,
    )


NOUNS = {
    kind: [_noun(fields, kind) for fields in entries(table)] for kind, table in nouns.NOUNS.items()
}
SENSES: dict[str, list[Noun]] = {}  # by English noun
for _entry in (noun for kind in NOUNS.values() for noun in kind):
    SENSES.setdefault(_entry.english, []).append(_entry)
HOMOGRAPHS = {word for word, senses in SENSES.items() if len({s.german.word for s in senses}) > 1}


def other_senses(noun: Noun) -> list[Noun]:
    """What else the English word may mean, where German has another word for it."""
    return [sense for sense in SENSES[noun.english] if sense.german.word != noun.german.word]


_COMBINING_FORMS = translations(nouns.COMPOUND_FIRST)
COMPOUND_FIRSTS = list(_COMBINING_FORMS)
COMPOUND_HEADS = [SENSES[word][0] for word in nouns.COMPOUND_HEADS.split()]


@cache
def compound(first: str, head: Noun) -> Noun:
    """English `first head`; German writes one word, declined as its head."""
    return replace(head, first=first, german=head.german.compound(_COMBINING_FORMS[first]))


_CASES = {"a": "acc", "d": "dat"}


def _verb(line: str, frame: str, columns: int) -> Verb:
    english_forms, german_forms, *fields = line.split()
    subject, obj, second, *_ = *map(_expanded, fields[:columns]), "", ""
    options = dict(option.partition("=")[::2] for option in fields[columns:])
    english_forms, _, particle = english_forms.partition("+")
    german_forms, _, case = german_forms.partition(":")
    preposition = german_preposition = None
    if "prep" in options:
        preposition, german, governed = options["prep"].split(":")
        german_preposition = (german.strip("_"), _CASES[governed])
    positive, negative = options.get("fact", "0/0").split("/")
    object_case = "dat" if frame == "d" else _CASES[case or "a"]
    return Verb(
        *en.principal_parts(english_forms),
        particle or None,
        preposition,
        frame,
        (float(positive), float(negative)),
        frozenset(options),
        de.german_verb(german_forms, object_case, german_preposition),
        subject,
        obj,
        second,
    )


def _expanded(classes: str) -> str:
    for name, members in verbs.SETS.items():
        classes = classes.replace(name, members)
    return classes


def _with_rivals(group: list[Verb]) -> list[Verb]:
    result = []
    for verb in group:
        same = [other for other in group if other.name == verb.name]
        result.append(
            replace(
                verb,
                subject_rivals="".join(sorted({kind for v in same for kind in v.subject})),
                object_rivals="".join(sorted({kind for v in same for kind in v.object})),
                subject_decides=any(
                    v.german != verb.german and set(v.object) & set(verb.object) for v in same
                ),
            )
        )
    return result


VERBS = {
    frame: _with_rivals([_verb(line, frame, columns) for line in table.strip().splitlines()])
    for frame, (table, columns) in verbs.FRAMES.items()
}


def _adjectives() -> list[Adjective]:
    """One entry for each pair of an English and a German word."""
    kinds: dict[tuple[str, str], str] = {}
    english_kinds: dict[str, str] = {}
    for word, german, classes in entries(words.ADJECTIVES):
        kinds[word, german] = kinds.get((word, german), "") + classes
        english_kinds[word] = english_kinds.get(word, "") + classes
    comparatives = {word: more for word, *more in entries(words.COMPARATIVE)}
    result = []
    for (word, german), classes in kinds.items():
        form, _, stem = german.partition("/")
        more, german_more = comparatives.get(word, ("", ""))
        translation = de.GermanAdjective(form, stem or form.removesuffix("e"), german_more)
        result.append(
            Adjective(word, classes, translation, tuple(more.split()), english_kinds[word])
        )
    return result


ADJECTIVES = _adjectives()

CITIES = [Name((word,), "city") for word in english(words.CITIES)]
COUNTRIES = [Name((word,), "country") for word in english(words.COUNTRIES)]
ORGANISATIONS = [Name((word,), "organisation") for word in words.ORGANISATIONS.split()]
MALE, FEMALE, SURNAMES = words.MALE.split(), words.FEMALE.split(), words.SURNAMES.split()
# A city that acts is its team or town hall, an organisation as in CoNLL-2003: only its place in the
# sentence tells. Florence in that place is a woman.
CLUBS = [replace(city, kind="organisation") for city in CITIES if city.words[0] not in FEMALE]


def _relations(table: str) -> dict[str, Relation]:
    return {
        name: Relation(tuple(english.split()), f"p.{role}", f"p.{function}", (german, case))
        for name, english, role, function, german, case in entries(table)
    }


PLACES = _relations(words.PLACES)
RELATIONS = PLACES | _relations(words.OTHER_RELATIONS)
