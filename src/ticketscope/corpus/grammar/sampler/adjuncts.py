"""Draws adverbials: places, instruments, companions, causes, times, manner."""

from ticketscope.corpus.grammar.lexicon import NOUNS, Verb
from ticketscope.corpus.grammar.sampler.draw import Zipf, kind_of, pick
from ticketscope.corpus.grammar.sampler.phrases import NUMBER, PhraseSampler
from ticketscope.corpus.grammar.spec import Adjunct, Phrase, Time
from ticketscope.corpus.grammar.tables import english, verbs, words

_BENEFICIARY, _STATIVE = set(verbs.BENEFICIARY.split()), set(verbs.STATIVE.split())
_INVOLUNTARY = set(verbs.INVOLUNTARY.split())
# Feelings that cause an action.
_CAUSES = {
    "tremble": ("fear", "excitement", "cold"),
    "cry": ("joy", "anger", "pain"),
    "laugh": ("joy",),
    "sing": ("joy",),
    "dance": ("joy",),
    "die": ("hunger", "fear"),
}


def takes_beneficiary(verb: Verb) -> bool:
    """Whether "for" with a person after the verb names who profits."""
    return verb.english in _BENEFICIARY


def stative(verb: Verb) -> bool:
    """Whether the verb takes no place: a place that follows belongs to its object."""
    return verb.english in _STATIVE


def involuntary(verb: Verb) -> bool:
    """Whether nobody does it on purpose: no manner, no wanting, no company."""
    return stative(verb) or verb.english in _INVOLUNTARY or verb.particle in ("place", "down")


MANNER, FREQUENCY = Zipf([english(words.MANNER)]), Zipf([english(words.FREQUENCY)])
STANCE = Zipf([english(words.SENTENCE_ADVERBS)])
_UNITS, _DAYS, _MONTHS = english(words.UNITS), english(words.DAYS), english(words.MONTHS)
_SEASONS, _DAYTIMES = english(words.SEASONS), english(words.DAYTIMES)
_OPTICAL = [noun for noun in NOUNS["W"] if noun.english in ("telescope", "camera")]
_CARRIERS = {"car", "train", "bus", "bicycle", "ship", "plane", "tram", "taxi"}
_VEHICLES = [noun for noun in NOUNS["V"] if noun.english in _CARRIERS]


class AdjunctSampler(PhraseSampler):
    """Adds adverbials to `PhraseSampler`."""

    def place(self, directed: bool = False) -> Adjunct:
        """Where or, with `directed`, where to."""
        roll = self.rng.random()
        if roll < 0.16:
            return Adjunct("destination" if directed else "location", self.named_place(), directed)
        if roll < 0.5:
            return self._place("location", "HRO", directed)
        if roll < 0.6 and directed:
            return self._place("destination", "HPO", directed)
        if roll < 0.6:
            return self._place("at", "HEO", directed)
        if roll < 0.68 and not directed:
            return Adjunct("near", _definite(self.inner("HOY", plural=0.1)))
        if roll < 0.8:
            return self._place("on", "U", directed)
        relation = pick(self.rng, ["behind", "in front of", "next to", "under"])
        return self._place(relation, "UL" if relation == "under" else "UHL", directed)

    def _place(self, relation: str, classes: str, directed: bool) -> Adjunct:
        return Adjunct(relation, self.inner(classes, plural=0.1), directed)

    def adjunct(self, verb: Verb, subject: Phrase) -> Adjunct | None:
        """An adverbial other than place and time; the verb decides what "with" and "for" mean."""
        human = kind_of(subject) == "P"
        return (self._by_verb(verb, human) if human else None) or self._circumstance(human)

    def _by_verb(self, verb: Verb, human: bool) -> Adjunct | None:
        roll = self.rng.random()
        if verb.frame == "i" and verb.english in _CAUSES and roll < 0.5:
            name = pick(self.rng, list(_CAUSES[verb.english]))
            feeling = next(noun for noun in NOUNS["N"] if noun.english == name)
            return Adjunct("feeling", Phrase(feeling, det="bare"))
        if "ins" in verb.options and roll < 0.7:
            return Adjunct("instrument", self.inner("T", "TPCZ"))
        if "perc" in verb.options and roll < 0.35:
            optical = Phrase(pick(self.rng, _OPTICAL), det=pick(self.rng, ["a", "the"]))
            return Adjunct("instrument", optical)
        if verb.frame == "m" and verb.english in ("go", "return", "come", "flee") and roll < 0.6:
            return Adjunct("means", Phrase(pick(self.rng, _VEHICLES), det="bare"))
        if verb.frame == "t" and takes_beneficiary(verb) and roll < 0.55:
            return Adjunct("beneficiary", self.phrase("P", rivals="PE", nested=True))
        if verb.frame in ("i", "t") and not involuntary(verb) and roll < 0.4:
            return Adjunct("company", self.phrase("P", rivals="PTCZ", nested=True))
        return None

    def _circumstance(self, human: bool) -> Adjunct:
        roll = self.rng.random()
        if roll < 0.3:
            return Adjunct("cause", _definite(self.inner("EX")))
        if roll < 0.5:
            return Adjunct("during", _definite(self.inner("E")))
        if roll < 0.72:
            return Adjunct(pick(self.rng, ["after", "before"]), self.inner("E"))
        if roll < 0.87 and human:
            return Adjunct("absence", self.inner("TKC", "TKCPE"))
        return Adjunct("obstacle", _definite(self.inner("EX")))

    # -- time ------------------------------------------------------------------------------------

    def time(self, tense: str) -> Time:
        """A time expression that goes with the tense (`none`: with any)."""
        roll = self.rng.random()
        if roll < 0.3:
            return self._bound_to_tense(tense)
        if roll < 0.4:
            return Time("today")
        if roll < 0.62:
            day = pick(self.rng, _DAYS)
            return Time("day", day, part=pick(self.rng, _DAYTIMES[:3]) if self.chance(0.25) else "")
        if roll < 0.72:
            return Time("month", pick(self.rng, _MONTHS))
        if roll < 0.78:
            return Time("season", pick(self.rng, _SEASONS))
        if roll < 0.9:
            return Time("daytime", pick(self.rng, _DAYTIMES))
        return self._counted("for")

    def _bound_to_tense(self, tense: str) -> Time:
        if tense == "pres":
            return Time("every", pick(self.rng, _UNITS[1:5]))
        if tense == "fut" and self.chance(0.5):
            return Time("tomorrow")
        if tense == "fut":
            return Time("next", pick(self.rng, _UNITS[2:5]))
        if tense not in ("past", "plup"):
            return Time("today")
        roll = self.rng.random()
        if roll < 0.5:
            return Time("yesterday")
        return Time("last", pick(self.rng, _UNITS[2:5])) if roll < 0.7 else self._counted("ago")

    def _counted(self, pattern: str) -> Time:
        count = NUMBER.draw(self.rng)
        return Time(pattern, pick(self.rng, _UNITS), count)


def _definite(phrase: Phrase) -> Phrase:
    """The definite in place of a bare or counted phrase, whose genitive would not show."""
    if phrase.det in ("bare", "number", "many", "several", "some"):
        phrase.det, phrase.count = "the", None
    return phrase
