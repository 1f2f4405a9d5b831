"""German declension and conjugation.

The endings follow the standard paradigms (Duden grammar): strong without an article, mixed after
ein-words, weak after der-words.
"""

import re
from dataclasses import dataclass, replace

CASES = ("nom", "acc", "dat", "gen")
VOWELS = "aeiouyäöü"

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


def _syllables(word: str) -> int:
    return len(re.findall(f"[{VOWELS}]+", word.lower()))


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


@dataclass(frozen=True)
class GermanNoun:
    """The German half of a noun; `feminine` is the word for a woman of that role."""

    word: str
    gender: str
    plural: str | None
    genitive: str
    weak: bool = False
    feminine: "GermanNoun | None" = None

    def form(self, number: str, case: str) -> str:
        """number sg or pl, case nom, acc, dat or gen."""
        if number == "sg":
            inflected = case == "gen" or (self.weak and case != "nom")
            return self.genitive if inflected else self.word
        assert self.plural is not None, self.word
        if case == "dat" and not self.plural.endswith(("n", "s")):
            return self.plural + "n"
        return self.plural

    def compound(self, first: str) -> "GermanNoun":
        """One word with `first` before it; gender and declension stay."""

        def join(part: str) -> str:
            return first + part[0].lower() + part[1:]

        return replace(
            self,
            word=join(self.word),
            plural=join(self.plural) if self.plural else None,
            genitive=join(self.genitive),
            feminine=self.feminine.compound(first) if self.feminine else None,
        )


@dataclass(frozen=True)
class GermanAdjective:
    """The German half of an adjective; `stem` takes the endings."""

    word: str
    stem: str
    comparative: str = ""


def adjective_ending(declension: str, gender: str, case: str) -> str:
    """declension weak, mixed or strong; gender m, f, n or pl."""
    return ADJECTIVE[declension][gender][CASES.index(case)]


@dataclass(frozen=True)
class GermanVerb:
    """The German half of a verb: principal parts, and what it governs."""

    infinitive: str  # without the prefix
    third: str
    preterite: str
    participle: str  # with prefix and ge-
    prefix: str = ""  # the separable one
    sein: bool = False  # its perfect takes sein
    reflexive: bool = False
    es: bool = False  # takes an es that points ahead to the infinitive
    object_case: str = "acc"
    preposition: tuple[str, str] | None = None  # governed, with its case; "" for a bare case

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
            if self.infinitive == "sein":
                return {"1sg": "bin", "3sg": "ist"}.get(person, "sind")
            if person == "3sg":
                return self.third
            if person == "1sg":
                return _first_singular(self.infinitive)
            return self.infinitive
        if person in ("1sg", "3sg"):
            return self.preterite
        return self.preterite + ("n" if self.preterite.endswith("e") else "en")


_IRREGULAR_FIRST = {"wissen": "weiß", "können": "kann", "müssen": "muss", "sollen": "soll",
    "dürfen": "darf", "wollen": "will"}  # fmt: skip
_INSEPARABLE = ("be", "ge", "er", "ver", "zer", "ent", "emp", "über", "unter")
# Begins with an inseparable prefix by accident only.
_NOT_PREFIXED = {"bellen"}


def _first_singular(infinitive: str) -> str:
    if infinitive in _IRREGULAR_FIRST:
        return _IRREGULAR_FIRST[infinitive]
    if infinitive.endswith("eln"):
        return infinitive[:-3] + "le"
    if infinitive.endswith("ern"):
        return infinitive[:-1] + "e"
    return infinitive[:-1]


def german_verb(
    text: str, object_case: str = "acc", preposition: tuple[str, str] | None = None
) -> GermanVerb:
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
        infinitive, third, preterite, prefix + participle, prefix, sein, reflexive, es,
        object_case, preposition,
    )  # fmt: skip


SEIN = GermanVerb("sein", "ist", "war", "gewesen", sein=True)
HABEN = GermanVerb("haben", "hat", "hatte", "gehabt")
WERDEN = GermanVerb("werden", "wird", "wurde", "geworden", sein=True)
# The modals by their English names. "should" is the preterite of sollen in every tense.
MODALS = {
    "can": GermanVerb("können", "kann", "konnte", "gekonnt"),
    "must": GermanVerb("müssen", "muss", "musste", "gemusst"),
    "should": GermanVerb("sollen", "soll", "sollte", "gesollt"),
    "may": GermanVerb("dürfen", "darf", "durfte", "gedurft"),
    "want": GermanVerb("wollen", "will", "wollte", "gewollt"),
}
MODALS["could"] = MODALS["can"]

# Preposition and definite article that German always contracts.
CONTRACTIONS = {("an", "dem"): "am", ("in", "dem"): "im", ("von", "dem"): "vom",
    ("zu", "dem"): "zum", ("zu", "der"): "zur", ("bei", "dem"): "beim", ("in", "das"): "ins",
    ("an", "das"): "ans"}  # fmt: skip
