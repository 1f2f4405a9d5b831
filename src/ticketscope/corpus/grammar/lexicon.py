"""The word tables of `nouns`, `verbs` and `words` as typed entries."""

from dataclasses import dataclass, replace
from functools import cached_property

from ticketscope.corpus.grammar import morphology as m
from ticketscope.corpus.grammar import nouns, verbs, words


@dataclass(frozen=True, eq=False)
class Noun:
    """A noun in both languages; `kind` is its class letter, `sex` m, f or None (not told)."""

    english: str
    english_plural: str
    german: str
    gender: str
    weak: bool
    plural: str | None
    genitive: str
    kind: str
    sex: str | None = None
    feminine: "Noun | None" = None
    first: str | None = None  # first part of an English two-word compound

    @property
    def countable(self) -> bool:
        return self.plural is not None

    @cached_property
    def name(self) -> str:
        """English citation form, for combination keys."""
        return f"{self.first} {self.english}" if self.first else self.english

    def form(self, number: str, case: str) -> str:
        """German form; number sg or pl, case nom, acc, dat or gen."""
        return m.noun_form(self.german, self.plural, self.genitive, self.weak, number, case)


@dataclass(frozen=True, eq=False)
class Verb:
    """A verb in both languages with one frame; see `verbs` for the columns."""

    english: str
    past: str
    participle: str
    particle: str | None
    german: m.GermanVerb
    frame: str
    subject: str
    object: str = ""
    second: str = ""
    preposition: tuple[str, str, str] | None = None  # English, German, case
    object_case: str = "acc"
    factuality: tuple[float, float] = (0.0, 0.0)
    options: frozenset[str] = frozenset()
    # classes over all verbs with this English form and frame: what a hearer has to consider
    subject_rivals: str = ""
    object_rivals: str = ""
    told_by_subject: bool = False  # another one shares an object class: eat, essen and fressen

    @cached_property
    def name(self) -> str:
        parts = [self.english, self.particle or "", self.preposition[0] if self.preposition else ""]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, eq=False)
class Adjective:
    """An adjective; `stem` is the German form that takes endings."""

    english: str
    german: str
    stem: str
    kinds: str
    english_kinds: str = ""  # classes over all adjectives of this English form


@dataclass(frozen=True, eq=False)
class Name:
    """A proper name: `kind` person, city, country or organisation."""

    english: tuple[str, ...]
    german: str
    kind: str
    sex: str | None = None
    article: bool = False
    oblique: str | None = None  # other German cases, where they differ


def entries(table: str) -> list[list[str]]:
    """Fields of each `;`-separated entry."""
    flat = table.replace("\n", " ").split(";")
    return [entry.split() for entry in flat if entry.strip()]


def plain(text: str) -> str:
    return text.replace("_", " ")


def pairs(table: str) -> list[tuple[str, str]]:
    """English and German of each entry."""
    return [(plain(fields[0]), plain(fields[1])) for fields in entries(table)]


def by_noun(table: str) -> dict[str, str]:
    """English noun to German preposition, from lines of a preposition and its nouns."""
    lines = [line.split() for line in table.strip().splitlines()]
    return {noun: preposition for preposition, *found in lines for noun in found}


def _noun(fields: list[str], kind: str) -> Noun:
    english, german, gender, plural = fields[:4]
    options = dict(field.split("=") for field in fields[4:])
    weak = gender == "mw"
    gender = gender[0]
    sex: str | None = None
    feminine = None
    if kind == "P":
        sex = options.get("sex", "m")
        if "fem" in options:
            form = german + "in" if options["fem"] == "+" else options["fem"]
            sex = None
            feminine = Noun(
                plain(english), options.get("pl", m.english_plural(plain(english))), form, "f",
                False, form + "nen", form, kind, "f",
            )  # fmt: skip
        elif sex == "n":
            sex = "none"
    return Noun(
        plain(english),
        options.get("pl", m.english_plural(plain(english))),
        german,
        gender,
        weak,
        None if plural == "-" else plural,
        options.get("gen", m.genitive(german, gender, weak, plural)),
        kind,
        sex,
        feminine,
    )


NOUNS: dict[str, list[Noun]] = {
    kind: [_noun(fields, kind) for fields in entries(table)] for kind, table in nouns.NOUNS.items()
}
ALL_NOUNS: list[Noun] = [noun for kind in NOUNS for noun in NOUNS[kind]]
SENSES: dict[str, list[Noun]] = {}
for _entry in ALL_NOUNS:
    SENSES.setdefault(_entry.english, []).append(_entry)

COMPOUND_FIRSTS = [(plain(a), b) for a, b in entries(nouns.COMPOUND_FIRST)]
_first_sense = {noun.english: noun for noun in reversed(ALL_NOUNS)}
COMPOUND_HEADS = [_first_sense[word] for word in nouns.COMPOUND_HEADS.split()]


def compound(first: tuple[str, str], head: Noun) -> Noun:
    """English `first head`, German one word with the head's gender and declension."""
    english, german = first

    def join(part: str) -> str:
        return german + part[0].lower() + part[1:]

    feminine = head.feminine and replace(
        head.feminine,
        german=join(head.feminine.german),
        plural=join(str(head.feminine.plural)),
        genitive=join(head.feminine.genitive),
        first=english,
    )
    return replace(
        head,
        german=join(head.german),
        plural=join(head.plural) if head.plural else None,
        genitive=join(head.genitive),
        first=english,
        feminine=feminine,
    )


def _classes(text: str) -> str:
    for name, members in verbs.SETS.items():
        text = text.replace(name, members)
    return "" if text == "_" else text


def _verb(line: str, frame: str) -> Verb:
    fields = line.split()
    english, _, particle = fields[0].partition("+")
    lemma, past, participle = m.english_principal_parts(english)
    german, _, object_case = fields[1].partition(":")
    positional = [
        field for field in fields[2:] if ("=" not in field and field[0] in "@_") or field.isupper()
    ]
    options = [field for field in fields[2:] if field not in positional]
    values = dict(field.split("=") for field in options if "=" in field)
    classes = [_classes(field) for field in positional] + ["", ""]
    preposition = None
    if "prep" in values:
        one, two, case = values["prep"].split(":")
        preposition = (one, "" if two == "_" else two, {"a": "acc", "d": "dat"}[case])
    fact = tuple(float(v) for v in values["fact"].split("/")) if "fact" in values else (0.0, 0.0)
    case = "dat" if frame == "d" or object_case == "d" else "acc"
    return Verb(
        lemma,
        past,
        participle,
        particle or None,
        m.german_verb(german),
        frame,
        classes[0],
        classes[1],
        classes[2],
        preposition,
        case,
        (fact[0], fact[1]),
        frozenset(field for field in options if "=" not in field),
    )


_TABLES = {
    "i": verbs.INTRANSITIVE,
    "t": verbs.TRANSITIVE,
    "d": verbs.DATIVE,
    "dt": verbs.DITRANSITIVE,
    "p": verbs.PREPOSITIONAL,
    "tp": verbs.TRANSITIVE_PREP,
    "m": verbs.MOTION,
    "l": verbs.POSITION,
    "pl": verbs.PLACEMENT,
    "s": verbs.CLAUSE,
    "z": verbs.CONTROL,
    "zo": verbs.OBJECT_CONTROL,
}


def _with_rivals(group: list[Verb]) -> list[Verb]:
    result = []
    for verb in group:
        same = [v for v in group if v.name == verb.name]
        result.append(
            replace(
                verb,
                subject_rivals="".join(sorted(set("".join(v.subject for v in same)))),
                object_rivals="".join(sorted(set("".join(v.object for v in same)))),
                told_by_subject=any(
                    v is not verb and v.german != verb.german and set(v.object) & set(verb.object)
                    for v in same
                ),
            )
        )
    return result


VERBS: dict[str, list[Verb]] = {
    frame: _with_rivals([_verb(line, frame) for line in table.strip().splitlines()])
    for frame, table in _TABLES.items()
}


def _adjectives() -> list[Adjective]:
    found = []
    for english, german, kinds in entries(words.ADJECTIVES):
        form, _, stem = german.partition("/")
        found.append(Adjective(english, form, stem or m.adjective_stem(form), kinds))
    merged: dict[str, str] = {}
    for entry in found:
        merged[entry.english] = merged.get(entry.english, "") + entry.kinds
    seen = set()
    result = []
    for entry in found:
        key = (entry.english, entry.german)
        if key not in seen:
            seen.add(key)
            same = "".join(e.kinds for e in found if (e.english, e.german) == key)
            result.append(replace(entry, kinds=same, english_kinds=merged[entry.english]))
    return result


ADJECTIVES = _adjectives()
ADJECTIVE = {(entry.english, entry.german): entry for entry in ADJECTIVES}


def _names(table: str, kind: str) -> list[Name]:
    found = []
    for english, german in entries(table):
        article = german.startswith("die_")
        found.append(Name((english,), german.removeprefix("die_"), kind, None, article))
    return found


CITIES = _names(words.CITIES, "city")
COUNTRIES = _names(words.COUNTRIES, "country")
ORGANISATIONS = [Name((n,), n, "organisation") for n in words.ORGANISATIONS.split()]
MALE, FEMALE, SURNAMES = words.MALE.split(), words.FEMALE.split(), words.SURNAMES.split()
# A city that acts is its team or town hall, an organisation as in CoNLL-2003: only its place in the
# sentence tells. Florence in that place is a woman.
CLUBS = [replace(c, kind="organisation") for c in CITIES if c.english[0] not in FEMALE]
AT, ON = by_noun(words.AT), by_noun(words.ON)
