"""Draws noun phrases: nouns within their classes, articles, adjectives, possessors, attributes.

A homograph is drawn only where the slot's classes or an added adjective tell its senses apart, so
that an English line has one German translation.
"""

from random import Random

from ticketscope.corpus.grammar import lexicon, words
from ticketscope.corpus.grammar.draw import Retry, Zipf, pick
from ticketscope.corpus.grammar.lexicon import ADJECTIVES, NOUNS, SENSES, Adjective, Name, Noun
from ticketscope.corpus.grammar.spec import Adjunct, Phrase

_CITY, _COUNTRY = Zipf([lexicon.CITIES]), Zipf([lexicon.COUNTRIES])
_ORGANISATION, _CLUB = Zipf([lexicon.ORGANISATIONS]), Zipf([lexicon.CLUBS])
_MALE, _FEMALE = Zipf([lexicon.MALE]), Zipf([lexicon.FEMALE])
_SURNAME, _FIRST = Zipf([lexicon.SURNAMES]), Zipf([lexicon.COMPOUND_FIRSTS])
_INTENSIFIER = Zipf([list(words.INTENSIFIERS.items())])
NUMBER = Zipf([lexicon.pairs(words.NUMBERS)])
_MASS = "FDM"
# roles that are a role in something: the owner of the house
_RELATIONAL = {"owner", "director", "president", "guard", "inhabitant", "tenant"}
_COMPOUNDING = "YURHLABJE"


class PhraseSampler:
    """Draws phrases from one `random.Random`."""

    def __init__(self, rng: Random, exponent: float = 1.0) -> None:
        self.rng = rng
        self.exponent = exponent  # of the frequencies of nouns, adjectives and verbs
        self._nouns: dict[str, Zipf[Noun]] = {}
        self._adjectives: dict[str, Zipf[Adjective]] = {}
        self._compounds: dict[tuple[str, Noun], Noun] = {}

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def noun(self, classes: str) -> Noun:
        """A noun of one of the classes (letters of `nouns.CLASSES`)."""
        key = "".join(sorted(set(classes)))
        if key not in self._nouns:
            self._nouns[key] = Zipf([NOUNS[kind] for kind in key], 3.0)
        return self._nouns[key].draw(self.rng, self.exponent)

    def adjective(self, kind: str) -> Adjective:
        """An adjective that goes with nouns of class `kind`."""
        if kind not in self._adjectives:
            fitting = [adjective for adjective in ADJECTIVES if kind in adjective.kinds]
            self._adjectives[kind] = Zipf([fitting], 3.0)
        return self._adjectives[kind].draw(self.rng, self.exponent)

    def phrase(
        self,
        classes: str,
        *,
        rivals: str = "",
        nested: bool = False,
        subject: bool = False,
        names: bool = True,
        plain: bool = False,
        plural: float = 0.22,
        bar: str = "",
    ) -> Phrase:
        """A noun phrase of one of the classes.

        `rivals` are the classes a hearer has to consider in this place (more, where another verb
        shares the English form). `bar` names attributes that would be read as the verb's: words
        of "with", "for", "place".
        """
        if names and "P" in classes and self.chance(0.2 if len(classes) < 4 else 0.08):
            name = self.person()
            return Phrase(name=name, sex=name.sex)
        if names and "G" in classes and self.chance(0.2):
            return Phrase(name=(_CLUB if self.chance(0.5) else _ORGANISATION).draw(self.rng))
        noun, telling = self._told_apart(classes, rivals or classes)
        phrase = Phrase(noun, sex=noun.sex)
        if telling is None and noun.kind in _COMPOUNDING and self.chance(0.07):
            phrase.noun = self._compound(noun)
        if noun.countable and noun.kind != "M" and self.chance(plural):
            phrase.number = "pl"
        self._determine(phrase, nested, subject)
        if telling is not None:
            phrase.adjectives.append((None, telling))
        elif not plain:
            self._describe(phrase)
        if not plain and not nested and self.chance(0.16):
            phrase.attribute = self._attribute(phrase, bar.split())
        return phrase

    def _told_apart(self, classes: str, rivals: str) -> tuple[Noun, Adjective | None]:
        """A noun and, if it could be mistaken here, an adjective that only this sense goes with."""
        for _ in range(8):
            noun = self.noun(classes)
            senses = {sense.kind for sense in SENSES[noun.english] if sense.german != noun.german}
            rival = senses & set(rivals)
            if not rival:
                return noun, None
            for _ in range(12):
                adjective = self.adjective(noun.kind)
                if not set(adjective.english_kinds) & rival:
                    return noun, adjective
        raise Retry

    def _compound(self, noun: Noun) -> Noun:
        if noun not in lexicon.COMPOUND_HEADS:
            return noun
        first = _FIRST.draw(self.rng)
        if first[0] == noun.english:
            return noun
        key = (first[0], noun)
        if key not in self._compounds:
            self._compounds[key] = lexicon.compound(first, noun)
        return self._compounds[key]

    def person(self) -> Name:
        """First name, full name, or title and surname."""
        male = self.chance(0.5)
        sex, first = ("m", _MALE.draw(self.rng)) if male else ("f", _FEMALE.draw(self.rng))
        surname = _SURNAME.draw(self.rng)
        roll = self.rng.random()
        if roll < 0.55:
            return Name((first,), first, "person", sex)
        if roll < 0.75:
            return Name((first, surname), f"{first} {surname}", "person", sex)
        if male:
            oblique = f"Herrn {surname}"
            return Name(("Mr", surname), f"Herr {surname}", "person", sex, oblique=oblique)
        return Name(("Mrs", surname), f"Frau {surname}", "person", sex)

    def named_place(self) -> Phrase:
        """A city or a country."""
        return Phrase(name=(_CITY if self.chance(0.7) else _COUNTRY).draw(self.rng))

    # -- articles and adjectives -----------------------------------------------------------------

    def _determine(self, phrase: Phrase, nested: bool, subject: bool) -> None:
        noun, rng = phrase.noun, self.rng
        assert noun is not None
        roll = rng.random()
        if not noun.countable:
            bare = 0.3 if noun.kind in _MASS else 0.0
            phrase.det = "the" if roll < 0.8 - bare else "this" if roll < 1 - bare else "bare"
        elif phrase.number == "pl":
            if roll < 0.42:
                phrase.det = "the"
            elif roll < 0.58:
                phrase.det = pick(rng, ["this", "that"])
            elif roll < 0.70:
                phrase.det, phrase.count = "number", NUMBER.draw(rng)
            elif roll < 0.90:
                phrase.det = pick(rng, ["many", "several", "some", "all", "bare"])
            else:
                self._possess(phrase, nested)
        elif roll < 0.48:
            phrase.det = "the"
        elif roll < 0.72:
            phrase.det = "a"
        elif roll < 0.82:
            phrase.det = pick(rng, ["this", "that"])
        elif roll < 0.86:
            phrase.det = "every"
        elif roll < 0.875 and subject:
            phrase.det = "no"
        else:
            self._possess(phrase, nested)

    def _possess(self, phrase: Phrase, nested: bool) -> None:
        """My, our; Anna's; the farmer's. Pronouns that refer are put in by `sample_sentences`."""
        roll = self.rng.random()
        if roll < 0.4 or nested:
            owner = Phrase(speaker=pick(self.rng, ["1sg", "1pl"]))
        elif roll < 0.65:
            name = self.person()
            while name.english[0] == "Mr":  # Herrn Fischers Haus is hardly said
                name = self.person()
            owner = Phrase(name=name, sex=name.sex)
        else:
            owner = self.phrase("PG", nested=True, names=False, plain=True)
            if owner.det not in ("a", "the", "this", "that"):
                return
        phrase.det, phrase.possessor = "poss", owner

    def _describe(self, phrase: Phrase) -> None:
        noun = phrase.noun
        assert noun is not None
        if not self.chance(0.3):
            return
        first = self.adjective(noun.kind)
        if self.chance(0.15):
            second = self.adjective(noun.kind)
            if second.english != first.english:
                phrase.adjectives = [(None, first), (None, second)]
                phrase.joined = self.chance(0.5)
                return
        intensifier = None
        if self.chance(0.14) and first.english not in words.ABSOLUTE:
            intensifier = _INTENSIFIER.draw(self.rng)
        phrase.adjectives = [(intensifier, first)]

    def intensifier(self, adjective: Adjective, probability: float) -> tuple[str, str] | None:
        """very, quite, ... for a gradable adjective."""
        if adjective.english in words.ABSOLUTE or not self.chance(probability):
            return None
        return _INTENSIFIER.draw(self.rng)

    # -- attributes ------------------------------------------------------------------------------

    def inner(self, classes: str, rivals: str = "", plural: float = 0.22) -> Phrase:
        """A noun phrase inside a prepositional phrase."""
        return self.phrase(classes, rivals=rivals, nested=True, names=False, plural=plural)

    def _attribute(self, phrase: Phrase, bar: list[str]) -> Adjunct | None:
        """A prepositional phrase of the noun; which German preposition it takes goes by class."""
        noun = phrase.noun
        assert noun is not None
        roll = self.rng.random()
        found: Adjunct | None = None
        if noun.kind == "P":
            found = self._of_person(noun, roll)
        elif noun.kind in "BJ":
            found = self._of_text(roll)
        elif noun.kind in "KSC" and roll < 0.5:
            found = Adjunct(("on",), "auf", "dat", self.inner("U"), "p.Locus", "p.Locus")
        elif noun.kind in "KSC":
            aim = self.inner("PE" if noun.kind == "K" else "P")
            found = Adjunct(("for",), "für", "acc", aim, "p.Purpose", "p.Purpose", "aim")
        elif noun.kind in "FD":
            found = Adjunct(
                ("from",), "aus", "dat", self.named_place(), "p.Source", "p.Source", "origin"
            )
        elif noun.kind in "UL":
            found = self._standing(noun)
        elif noun.kind == "Y" or (noun.kind in "XE" and roll < 0.6):
            found = _of(self.inner("H" if noun.kind == "Y" else "GP"),
                "p.Whole" if noun.kind == "Y" else "p.Originator")  # fmt: skip
        if found is None or found.english[0] in bar or ("place" in bar and found.kind == "place"):
            return None
        return None if found.genitive and phrase.det == "poss" else found

    def _of_person(self, noun: Noun, roll: float) -> Adjunct | None:
        if noun.english in _RELATIONAL and roll < 0.4:
            return _of(self.inner("HGO"), "p.Gestalt")
        if noun.english == "boss":
            return _of(self.inner("G"), "p.OrgMember")
        if roll < 0.45:
            feature = self.inner("CZ", "CZTP")
            assert feature.noun is not None
            if feature.noun.kind == "Z":  # one does not say: the man with every nose
                if not feature.adjectives:
                    raise Retry
                feature.det, feature.number, feature.count = "a", "sg", None
                feature.possessor = None
            role = "p.Characteristic"
        elif roll < 0.65:
            feature, role = self.inner("TKS", "CZTPKS"), "p.Possession"
        else:
            place = self.named_place()
            return Adjunct(("from",), "aus", "dat", place, "p.Source", "p.Source", "origin")
        return Adjunct(("with",), "mit", "dat", feature, role, "p.Accompanier", "feature")

    def _of_text(self, roll: float) -> Adjunct:
        if roll < 0.35:
            topic = self.inner("XEAP")
            return Adjunct(("about",), "über", "acc", topic, "p.Topic", "p.Topic", "topic")
        if roll < 0.6:
            return Adjunct(("on",), "auf", "dat", self.inner("U"), "p.Locus", "p.Locus")
        if roll < 0.8:
            topic = self.inner("XE", "XEU")
            return Adjunct(("on",), "über", "acc", topic, "p.Topic", "p.Locus", "topic")
        reader = self.inner("P")
        return Adjunct(("for",), "für", "acc", reader, "p.Recipient", "p.Purpose", "aim")

    def _standing(self, noun: Noun) -> Adjunct:
        """The chair in the kitchen, the tree on the hill."""
        place = self.inner("R" if noun.kind == "U" else "O")
        assert place.noun is not None
        english, german = rest(place.noun)
        return Adjunct((english,), german, "dat", place, "p.Locus", "p.Locus")


def rest(noun: Noun) -> tuple[str, str]:
    """English and German preposition for being inside or on a place."""
    german = lexicon.ON.get(noun.english, "in") if noun.kind in "OR" else "in"
    return ("in" if german == "in" or noun.kind == "R" else "on"), german


def _of(phrase: Phrase, role: str) -> Adjunct | None:
    """`of` with a phrase whose German genitive shows."""
    if phrase.det not in ("the", "this", "that", "a"):
        return None
    return Adjunct(("of",), "", "gen", phrase, role, "p.Gestalt", "of", genitive=True)
