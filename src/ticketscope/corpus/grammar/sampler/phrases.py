"""Draws noun phrases: nouns within their classes, articles, adjectives, possessors, attributes.

A homograph is drawn only where the classes of its place or an added adjective decide between its
senses, so that an English line has one translation.
"""

from random import Random

from ticketscope.corpus.grammar import lexicon
from ticketscope.corpus.grammar.lexicon import ADJECTIVES, NOUNS, RELATIONS, Adjective, Name, Noun
from ticketscope.corpus.grammar.sampler.draw import Retry, Zipf, pick
from ticketscope.corpus.grammar.spec import Adjunct, Phrase
from ticketscope.corpus.grammar.tables import english, words

_CITY, _COUNTRY = Zipf([lexicon.CITIES]), Zipf([lexicon.COUNTRIES])
_ORGANISATION, _CLUB = Zipf([lexicon.ORGANISATIONS]), Zipf([lexicon.CLUBS])
_MALE, _FEMALE = Zipf([lexicon.MALE]), Zipf([lexicon.FEMALE])
_SURNAME, _FIRST = Zipf([lexicon.SURNAMES]), Zipf([lexicon.COMPOUND_FIRSTS])
_INTENSIFIER, NUMBER = Zipf([english(words.INTENSIFIERS)]), Zipf([english(words.NUMBERS)])
_ABSOLUTE = set(words.ABSOLUTE.split())
_MASS = "FDM"
# Roles in something: the owner of the house.
_RELATIONAL = {"owner", "director", "president", "guard", "inhabitant", "tenant"}
_COMPOUNDING = "YURHLABJE"


class PhraseSampler:
    """Draws phrases from one `random.Random`."""

    def __init__(self, rng: Random, exponent: float = 1.0) -> None:
        self.rng = rng
        self.exponent = exponent  # of the frequencies of nouns, adjectives and verbs
        self._nouns: dict[str, Zipf[Noun]] = {}
        self._adjectives: dict[str, Zipf[Adjective]] = {}

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def noun(self, classes: str) -> Noun:
        """A noun of one of the classes (letters of `nouns.CLASSES`)."""
        key = "".join(sorted(set(classes)))
        if key not in self._nouns:
            self._nouns[key] = Zipf([NOUNS[kind] for kind in key], 3.0)
        return self._nouns[key].draw(self.rng, self.exponent)

    def adjective(self, kind: str) -> Adjective:
        """An adjective for nouns of class `kind`."""
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

        `rivals` are the classes that a hearer considers in this place: more than `classes` if
        another verb shares the English form. `bar` names attributes that a reader would attach to
        the verb: words of "with", "for", "place".
        """
        if names and "P" in classes and self.chance(0.2 if len(classes) < 4 else 0.08):
            name = self.person()
            return Phrase(name=name, sex=name.sex)
        if names and "G" in classes and self.chance(0.2):
            return Phrase(name=(_CLUB if self.chance(0.5) else _ORGANISATION).draw(self.rng))
        noun, distinctive = self._unambiguous(classes, rivals or classes)
        phrase = Phrase(noun, sex=noun.sex)
        if distinctive is None and noun.kind in _COMPOUNDING and self.chance(0.07):
            phrase.noun = self._compound(noun)
        if noun.countable and noun.kind != "M" and self.chance(plural):
            phrase.number = "pl"
        self._determine(phrase, nested, subject)
        if distinctive is not None:
            phrase.adjectives.append((None, distinctive))
        elif not plain:
            self._describe(phrase)
        if not plain and not nested and self.chance(0.16):
            phrase.attribute = self._attribute(phrase, bar.split())
        return phrase

    def _unambiguous(self, classes: str, rivals: str) -> tuple[Noun, Adjective | None]:
        """A noun and, if its English word has rival senses, an adjective that only it takes."""
        for _ in range(8):
            noun = self.noun(classes)
            rival = set(rivals) & {sense.kind for sense in lexicon.other_senses(noun)}
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
        return noun if first == noun.english else lexicon.compound(first, noun)

    def person(self) -> Name:
        """First name, full name, or title and surname."""
        male = self.chance(0.5)
        sex, first = ("m", _MALE.draw(self.rng)) if male else ("f", _FEMALE.draw(self.rng))
        surname = _SURNAME.draw(self.rng)
        roll = self.rng.random()
        if roll < 0.55:
            return Name((first,), "person", sex)
        if roll < 0.75:
            return Name((first, surname), "person", sex)
        return Name(("Mr" if male else "Mrs", surname), "person", sex)

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
        """My, our; Anna's; the farmer's. `sentences` adds pronouns that refer."""
        roll = self.rng.random()
        if roll < 0.4 or nested:
            owner = Phrase(speaker=pick(self.rng, ["1sg", "1pl"]))
        elif roll < 0.65:
            name = self.person()
            while name.words[0] == "Mr":  # its possessive has no natural translation
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
        if self.chance(0.14) and first.english not in _ABSOLUTE:
            intensifier = _INTENSIFIER.draw(self.rng)
        phrase.adjectives = [(intensifier, first)]

    def intensifier(self, adjective: Adjective) -> str | None:
        """very, quite, ... for a gradable adjective."""
        if adjective.english in _ABSOLUTE or not self.chance(0.3):
            return None
        return _INTENSIFIER.draw(self.rng)

    # -- attributes ------------------------------------------------------------------------------

    def inner(self, classes: str, rivals: str = "", plural: float = 0.22) -> Phrase:
        """A noun phrase inside a prepositional phrase."""
        return self.phrase(classes, rivals=rivals, nested=True, names=False, plural=plural)

    def _attribute(self, phrase: Phrase, bar: list[str]) -> Adjunct | None:
        """A prepositional phrase of the noun; the noun's class decides its relation."""
        noun = phrase.noun
        assert noun is not None
        roll = self.rng.random()
        attribute: Adjunct | None = None
        if noun.kind == "P":
            attribute = self._of_person(noun, roll)
        elif noun.kind in "BJ":
            attribute = self._of_text(roll)
        elif noun.kind in "KSC" and roll < 0.5:
            attribute = Adjunct("on", self.inner("U"))
        elif noun.kind in "KSC":
            attribute = Adjunct("purpose", self.inner("PE" if noun.kind == "K" else "P"))
        elif noun.kind in "FD":
            attribute = Adjunct("origin", self.named_place())
        elif noun.kind in "UL":  # the chair in the kitchen, the tree on the hill
            attribute = Adjunct("location", self.inner("R" if noun.kind == "U" else "O"))
        elif noun.kind == "Y":
            attribute = _of(self.inner("H"), "whole")
        elif noun.kind in "XE" and roll < 0.6:
            attribute = _of(self.inner("GP"), "originator")
        if attribute is None or (attribute.place and "place" in bar):
            return None
        preposition = RELATIONS[attribute.relation].english[0]
        if preposition in bar or (preposition == "of" and phrase.det == "poss"):
            return None
        return attribute

    def _of_person(self, noun: Noun, roll: float) -> Adjunct | None:
        if noun.english in _RELATIONAL and roll < 0.4:
            return _of(self.inner("HGO"), "gestalt")
        if noun.english == "boss":
            return _of(self.inner("G"), "member")
        if roll < 0.45:
            feature = self.inner("CZ", "CZTP")
            assert feature.noun is not None
            if feature.noun.kind == "Z":  # nobody says: the man with every nose
                if not feature.adjectives:
                    raise Retry
                feature.det, feature.number, feature.count = "a", "sg", None
                feature.possessor = None
            return Adjunct("characteristic", feature)
        if roll < 0.65:
            return Adjunct("possession", self.inner("TKS", "CZTPKS"))
        return Adjunct("origin", self.named_place())

    def _of_text(self, roll: float) -> Adjunct:
        if roll < 0.35:
            return Adjunct("topic", self.inner("XEAP"))
        if roll < 0.6:
            return Adjunct("on", self.inner("U"))
        if roll < 0.8:
            return Adjunct("subject", self.inner("XE", "XEU"))
        return Adjunct("recipient", self.inner("P"))


def _of(phrase: Phrase, relation: str) -> Adjunct | None:
    """`of` with a phrase that a genitive can show."""
    return Adjunct(relation, phrase) if phrase.det in ("the", "this", "that", "a") else None
