"""Inflection: English plurals and verb forms, German declension and conjugation.

German endings follow the standard paradigms (Duden grammar): strong after no article word, mixed
after ein-words, weak after der-words.
"""

from dataclasses import dataclass

CASES = ("nom", "acc", "dat", "gen")
VOWELS = "aeiouyäöü"
_DOUBLE = {"run", "sit", "put", "cut", "hit", "get", "begin", "win", "swim", "forget",
    "set", "forbid", "stop", "hug", "plan", "admit", "regret", "travel", "cancel"}  # fmt: skip

# rows: masculine, feminine, neuter, plural; columns: CASES
DEFINITE = {"m": ("der", "den", "dem", "des"), "f": ("die", "die", "der", "der"),
    "n": ("das", "das", "dem", "des"), "pl": ("die", "die", "den", "der")}  # fmt: skip
RELATIVE = {"m": ("der", "den", "dem", "dessen"), "f": ("die", "die", "der", "deren"),
    "n": ("das", "das", "dem", "dessen"), "pl": ("die", "die", "denen", "deren")}  # fmt: skip
DER_WORD = {"m": ("er", "en", "em", "es"), "f": ("e", "e", "er", "er"),
    "n": ("es", "es", "em", "es"), "pl": ("e", "e", "en", "er")}  # fmt: skip
EIN_WORD = {"m": ("", "en", "em", "es"), "f": ("e", "e", "er", "er"),
    "n": ("", "", "em", "es"), "pl": ("e", "e", "en", "er")}  # fmt: skip
ADJECTIVE = {
    "weak": {"m": ("e", "en", "en", "en"), "f": ("e", "e", "en", "en"),
        "n": ("e", "e", "en", "en"), "pl": ("en", "en", "en", "en")},
    "mixed": {"m": ("er", "en", "en", "en"), "f": ("e", "e", "en", "en"),
        "n": ("es", "es", "en", "en"), "pl": ("en", "en", "en", "en")},
    "strong": {"m": ("er", "en", "em", "en"), "f": ("e", "e", "er", "er"),
        "n": ("es", "es", "em", "en"), "pl": ("e", "e", "en", "er")},
}  # fmt: skip
PERSONAL = {"m": ("er", "ihn", "ihm", ""), "f": ("sie", "sie", "ihr", ""),
    "n": ("es", "es", "ihm", ""), "pl": ("sie", "sie", "ihnen", ""),
    "1sg": ("ich", "mich", "mir", ""), "1pl": ("wir", "uns", "uns", "")}  # fmt: skip
POSSESSIVE = {"m": "sein", "f": "ihr", "n": "sein", "pl": "ihr", "1sg": "mein", "1pl": "unser"}
REFLEXIVE = {"1sg": "mich", "1pl": "uns"}


def english_plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh", "z")) or word in {"potato", "tomato"}:
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def english_principal_parts(text: str) -> tuple[str, str, str]:
    """`give,gave,given` -> as given; `buy,bought` -> one form for both; `open` -> opened."""
    parts = text.split(",")
    lemma = parts[0]
    if len(parts) == 1:
        if lemma.endswith("e"):
            past = lemma + "d"
        elif lemma.endswith("y") and lemma[-2] not in "aeiou":
            past = lemma[:-1] + "ied"
        elif lemma in _DOUBLE:
            past = lemma + lemma[-1] + "ed"
        else:
            past = lemma + "ed"
        return lemma, past, past
    return lemma, parts[1], parts[2] if len(parts) > 2 else parts[1]


def english_third(lemma: str) -> str:
    if lemma.endswith(("s", "x", "ch", "sh", "z", "o")):
        return lemma + "es"
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + "s"


def english_ing(lemma: str) -> str:
    if lemma in _DOUBLE:
        return lemma + lemma[-1] + "ing"
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith("ee"):
        return lemma[:-1] + "ing"
    return lemma + "ing"


def _syllables(word: str) -> int:
    groups = 0
    inside = False
    for letter in word.lower():
        vowel = letter in VOWELS
        groups += vowel and not inside
        inside = vowel
    return groups


def genitive(noun: str, gender: str, weak: bool, plural: str) -> str:
    """Genitive singular: -n for weak masculines, none for feminines, else -s or -es."""
    if gender == "f":
        return noun
    if weak:
        return plural
    if noun.endswith("nis"):
        return noun + "ses"
    if noun.endswith(("s", "ß", "x", "z", "sch", "uch")):
        return noun + "es"
    if plural.endswith("s") and not noun.endswith("s"):
        return noun + "s"
    if _syllables(noun) == 1 and (
        noun[-1] not in VOWELS + "lrmnhw" or noun.endswith(("nn", "hn", "aum"))
    ):
        return noun + "es"
    return noun + "s"


def noun_form(
    noun: str, plural: str | None, genitive_form: str, weak: bool, number: str, case: str
) -> str:
    if number == "sg":
        if case == "nom":
            return noun
        if case == "gen":
            return genitive_form
        return genitive_form if weak else noun
    assert plural is not None, noun
    if case == "dat" and not plural.endswith(("n", "s")):
        return plural + "n"
    return plural


def adjective_stem(form: str) -> str:
    return form[:-1] if form.endswith("e") else form


def adjective_ending(declension: str, gender: str, case: str) -> str:
    """declension weak, mixed or strong; gender m, f, n or pl."""
    return ADJECTIVE[declension][gender][CASES.index(case)]


@dataclass(frozen=True)
class GermanVerb:
    """Principal parts. `prefix` is the separable one; participle and `zu` form come whole."""

    infinitive: str  # without the prefix
    third: str
    preterite: str
    participle: str  # with prefix and ge-
    prefix: str
    sein: bool
    reflexive: bool
    es: bool

    @property
    def full_infinitive(self) -> str:
        return self.prefix + self.infinitive

    @property
    def zu(self) -> str:
        """`zu rufen`, `anzurufen`."""
        return f"{self.prefix}zu{self.infinitive}" if self.prefix else f"zu {self.infinitive}"

    def finite(self, person: str, tense: str) -> str:
        """person 1sg, 1pl, 3sg or 3pl; tense pres or pret."""
        if tense == "pres":
            if person == "3sg":
                return self.third
            if person == "1sg":
                return _first_singular(self.infinitive)
            return self.infinitive
        if person in ("1sg", "3sg"):
            return self.preterite
        return self.preterite + ("n" if self.preterite.endswith("e") else "en")


_IRREGULAR_FIRST = {"wissen": "weiß", "sein": "bin", "haben": "habe", "werden": "werde",
    "können": "kann", "müssen": "muss", "sollen": "soll",
    "dürfen": "darf", "wollen": "will"}  # fmt: skip
_INSEPARABLE = ("be", "ge", "er", "ver", "zer", "ent", "emp", "über", "unter")
# stems that only look as if they began with an inseparable prefix
_NOT_PREFIXED = {"bellen"}


def _first_singular(infinitive: str) -> str:
    if infinitive in _IRREGULAR_FIRST:
        return _IRREGULAR_FIRST[infinitive]
    if infinitive.endswith("eln"):
        return infinitive[:-3] + "le"
    if infinitive.endswith("ern"):
        return infinitive[:-1] + "e"
    return infinitive[:-1]


def german_verb(text: str) -> GermanVerb:
    """Parse `sich_an+rufen,ruft,rief,gerufen*`; weak verbs need the infinitive only."""
    sein = text.endswith("*")
    text = text.rstrip("*")
    reflexive, es = text.startswith("sich_"), text.startswith("es_")
    text = text.removeprefix("sich_").removeprefix("es_")
    head, *strong = text.split(",")
    prefix, _, infinitive = head.rpartition("+")
    if strong:
        third, preterite, participle = strong
    else:
        stem = infinitive[:-1] if infinitive.endswith(("eln", "ern")) else infinitive[:-2]
        hard = stem.endswith(("t", "d")) or (
            stem[-1] in "mn" and len(stem) > 2 and stem[-2] not in VOWELS + "lrhmn"
        )
        link = "e" if hard else ""
        third, preterite = f"{stem}{link}t", f"{stem}{link}te"
        bare = infinitive.endswith("ieren") or (
            infinitive.startswith(_INSEPARABLE) and infinitive not in _NOT_PREFIXED
        )
        participle = ("" if bare else "ge") + f"{stem}{link}t"
    return GermanVerb(
        infinitive, third, preterite, prefix + participle, prefix, sein, reflexive, es
    )


SEIN = GermanVerb("sein", "ist", "war", "gewesen", "", True, False, False)
HABEN = GermanVerb("haben", "hat", "hatte", "gehabt", "", False, False, False)
WERDEN = GermanVerb("werden", "wird", "wurde", "geworden", "", True, False, False)
MODALS = {
    "können": GermanVerb("können", "kann", "konnte", "gekonnt", "", False, False, False),
    "müssen": GermanVerb("müssen", "muss", "musste", "gemusst", "", False, False, False),
    "sollen": GermanVerb("sollen", "soll", "sollte", "gesollt", "", False, False, False),
    "dürfen": GermanVerb("dürfen", "darf", "durfte", "gedurft", "", False, False, False),
    "wollen": GermanVerb("wollen", "will", "wollte", "gewollt", "", False, False, False),
}


def auxiliary(verb: GermanVerb, person: str, tense: str) -> str:
    """Finite form of sein, haben, werden or a modal."""
    if verb is SEIN and tense == "pres":
        return {"1sg": "bin", "1pl": "sind", "3sg": "ist", "3pl": "sind"}[person]
    return verb.finite(person, tense)


# preposition + definite article, dative or accusative, that German always contracts
CONTRACTIONS = {("an", "dem"): "am", ("in", "dem"): "im", ("von", "dem"): "vom",
    ("zu", "dem"): "zum", ("zu", "der"): "zur", ("bei", "dem"): "beim", ("in", "das"): "ins",
    ("an", "das"): "ans"}  # fmt: skip
