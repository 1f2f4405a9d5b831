"""Draws adverbials: places, instruments, companions, causes, times, manner."""

from ticketscope.corpus.grammar import lexicon, words
from ticketscope.corpus.grammar.draw import Zipf, kind_of, pick
from ticketscope.corpus.grammar.lexicon import NOUNS, Verb
from ticketscope.corpus.grammar.sample_phrases import NUMBER, PhraseSampler, rest
from ticketscope.corpus.grammar.spec import Adjunct, Phrase, Time

# verbs that take a beneficiary with "for"; verbs and what one does them with or of
BENEFIT = set(
    [
        "buy",
        "cook",
        "bake",
        "build",
        "paint",
        "write",
        "open",
        "repair",
        "find",
        "order",
        "draw",
        "steal",
    ]
)
_CAUSES = {
    "tremble": ("fear", "excitement", "cold"),
    "cry": ("joy", "anger", "pain"),
    "laugh": ("joy",),
    "sing": ("joy",),
    "dance": ("joy",),
    "die": ("hunger", "fear"),
}
_STATIVE = set(
    [
        "know",
        "love",
        "hate",
        "need",
        "resemble",
        "belong",
        "owe",
        "fear",
        "trust",
        "consist",
        "depend",
        "believe",
        "understand",
        "miss",
        "forget",
        "recognize",
        "hope",
        "doubt",
        "regret",
        "think",
        "say",
    ]
)
_INVOLUNTARY = set(
    [
        "die",
        "grow",
        "burn",
        "explode",
        "fail",
        "lose",
        "bloom",
        "ripen",
        "fall",
        "rise",
        "freeze",
        "melt",
        "disappear",
        "begin",
        "start",
        "end",
        "ring",
        "notice",
        "hear",
    ]
)


def stative(verb: Verb) -> bool:
    """Takes no place of its own: a place that follows belongs to its object."""
    return verb.english in _STATIVE


def involuntary(verb: Verb) -> bool:
    """Nobody means to do it: no manner, no wanting, no company."""
    return stative(verb) or verb.english in _INVOLUNTARY or verb.particle in ("place", "down")


MANNER, FREQUENCY = Zipf([lexicon.pairs(words.MANNER)]), Zipf([lexicon.pairs(words.FREQUENCY)])
STANCE = Zipf([[(a, b, float(c)) for a, b, c in lexicon.entries(words.SENTENCE_ADVERBS)]])
_UNITS = [(u[0], u[1], u[2], u[3]) for u in lexicon.entries(words.UNITS)]
_DAYS, _MONTHS = lexicon.pairs(words.DAYS), lexicon.pairs(words.MONTHS)
_SEASONS, _DAYTIMES = lexicon.pairs(words.SEASONS), lexicon.pairs(words.DAYTIMES)
_OPTICAL = [noun for noun in NOUNS["W"] if noun.english in ("telescope", "camera")]
_CARRIERS = {"car", "train", "bus", "bicycle", "ship", "plane", "tram", "taxi"}
_VEHICLES = [noun for noun in NOUNS["V"] if noun.english in _CARRIERS]
_AROUND = [
    (("behind",), "hinter"),
    (("in", "front", "of"), "vor"),
    (("next", "to"), "neben"),
    (("under",), "unter"),
]


class AdjunctSampler(PhraseSampler):
    """Adds adverbials to `PhraseSampler`."""

    def place(self, directed: bool = False) -> Adjunct:
        """Where (dative) or, with `directed`, where to (accusative after two-way prepositions)."""
        roll = self.rng.random()
        case, role = ("acc", "p.Goal") if directed else ("dat", "p.Locus")
        if roll < 0.16:
            return self._named(directed)
        if roll < 0.5:
            phrase = self.inner("HRO", plural=0.1)
            assert phrase.noun is not None
            english, german = rest(phrase.noun)
            if directed:
                english = {"in": "into", "on": "onto"}[english]
            return Adjunct((english,), german, case, phrase, role, role)
        if roll < 0.6 and directed:
            return Adjunct(("to",), "zu", "dat", self.inner("HPO", plural=0.1), role, role)
        if roll < 0.6:
            phrase = self.inner("HEO", plural=0.1)
            assert phrase.noun is not None
            usual = {"E": "bei", "O": "an"}.get(phrase.noun.kind, "in")
            german = lexicon.AT.get(phrase.noun.english, usual)
            return Adjunct(("at",), german, "dat", phrase, role, role)
        if roll < 0.68 and not directed:
            near = _show_genitive(self.inner("HOY", plural=0.1))
            return Adjunct(("near",), "in der Nähe", "gen", near, role, role)
        if roll < 0.8:
            top = self.inner("U", plural=0.1)
            return Adjunct(("onto",) if directed else ("on",), "auf", case, top, role, role)
        around, german = pick(self.rng, _AROUND)
        phrase = self.inner("UL" if german == "unter" else "UHL", plural=0.1)
        return Adjunct(around, german, case, phrase, role, "p.Locus")

    def _named(self, directed: bool) -> Adjunct:
        place = self.named_place()
        assert place.name is not None
        if not directed:
            return Adjunct(("in",), "in", "dat", place, "p.Locus", "p.Locus")
        if place.name.article:
            return Adjunct(("to",), "in", "acc", place, "p.Goal", "p.Goal")
        return Adjunct(("to",), "nach", "dat", place, "p.Goal", "p.Goal")

    def adjunct(self, verb: Verb, subject: Phrase) -> Adjunct | None:
        """An adverbial other than place and time; what "with" and "for" mean goes by the verb."""
        human = kind_of(subject) == "P"
        return (self._by_verb(verb, human) if human else None) or self._circumstance(human)

    def _by_verb(self, verb: Verb, human: bool) -> Adjunct | None:
        roll = self.rng.random()
        if verb.frame == "i" and verb.english in _CAUSES and roll < 0.5:
            name = pick(self.rng, list(_CAUSES[verb.english]))
            feeling = Phrase(next(n for n in NOUNS["N"] if n.english == name), det="bare")
            word = "of" if verb.english == "die" else "with"
            return Adjunct(
                (word,), "vor", "dat", feeling, "p.Explanation", "p.Accompanier", "cause"
            )
        instrument = None
        if "ins" in verb.options and roll < 0.7:
            instrument = self.inner("T", "TPCZ")
        elif "perc" in verb.options and roll < 0.35:
            instrument = Phrase(pick(self.rng, _OPTICAL), det=pick(self.rng, ["a", "the"]))
        if instrument is not None:
            return Adjunct(
                ("with",), "mit", "dat", instrument, "p.Instrument", "p.Instrument", "instrument"
            )
        if verb.frame == "m" and verb.english in ("go", "return", "come", "flee") and roll < 0.6:
            vehicle = Phrase(pick(self.rng, _VEHICLES), det="bare the")
            return Adjunct(("by",), "mit", "dat", vehicle, "p.Means", "p.Instrument", "means")
        if verb.frame == "t" and verb.english in BENEFIT and roll < 0.55:
            who = self.phrase("P", rivals="PE", nested=True)
            return Adjunct(("for",), "für", "acc", who, "p.Beneficiary", "p.Beneficiary", "benefit")
        if verb.frame in ("i", "t") and not involuntary(verb) and roll < 0.4:
            who = self.phrase("P", rivals="PTCZ", nested=True)
            return Adjunct(
                ("with",), "mit", "dat", who, "p.Accompanier", "p.Accompanier", "company"
            )
        return None

    def _circumstance(self, human: bool) -> Adjunct:
        roll = self.rng.random()
        if roll < 0.3:
            cause = _show_genitive(self.inner("EX"))
            return Adjunct(
                ("because", "of"), "wegen", "gen", cause, "p.Explanation", "p.Explanation", "cause"
            )
        if roll < 0.5:
            event = _show_genitive(self.inner("E"))
            return Adjunct(("during",), "während", "gen", event, "p.Time", "p.Duration", "when")
        if roll < 0.72:
            english, german = pick(self.rng, [("after", "nach"), ("before", "vor")])
            return Adjunct((english,), german, "dat", self.inner("E"), "p.Time", "p.Time", "when")
        if roll < 0.87 and human:
            thing = self.inner("TKC", "TKCPE")
            return Adjunct(
                ("without",), "ohne", "acc", thing, "p.Accompanier", "p.Accompanier", "company"
            )
        against = _show_genitive(self.inner("EX"))
        return Adjunct(
            ("despite",), "trotz", "gen", against, "p.Circumstance", "p.Circumstance", "cause"
        )

    # -- time ------------------------------------------------------------------------------------

    def time(self, tense: str) -> Time:
        """A time expression that goes with the tense (`none`: with any)."""
        roll = self.rng.random()
        if roll < 0.3:
            return self._bound_to_tense(tense)
        if roll < 0.4:
            return Time((("today", "NN", "NOW"),), "heute", "NP")
        if roll < 0.9:
            return self._recurring(roll)
        count, unit = NUMBER.draw(self.rng), pick(self.rng, _UNITS)
        return Time(
            (("for", "IN", "REL"), (count[0], "CD", "QUC"), (unit[0] + "s", "NNS", "UOM")),
            f"{count[1]} {unit[2]} lang",
            "PP",
            "p.Duration",
            "p.Duration",
        )

    def _bound_to_tense(self, tense: str) -> Time:
        if tense == "pres":
            return _unit("every", "DT", "AND", "jed", pick(self.rng, _UNITS[1:5]))
        if tense == "fut" and self.chance(0.5):
            return Time((("tomorrow", "NN", "YOC"),), "morgen", "NP")
        if tense == "fut":
            return _unit("next", "JJ", "REL", "nächst", pick(self.rng, _UNITS[2:5]))
        if tense not in ("past", "plup"):
            return Time((("today", "NN", "NOW"),), "heute", "NP")
        roll = self.rng.random()
        if roll < 0.5:
            return Time((("yesterday", "NN", "YOC"),), "gestern", "NP")
        if roll < 0.7:
            return _unit("last", "JJ", "REL", "letzt", pick(self.rng, _UNITS[2:5]))
        count, unit = NUMBER.draw(self.rng), pick(self.rng, _UNITS)
        dative = unit[2] if unit[2].endswith("n") else unit[2] + "n"
        return Time(
            ((count[0], "CD", "QUC"), (unit[0] + "s", "NNS", "UOM"), ("ago", "RB", "REL")),
            f"vor {count[1]} {dative}",
            "ADVP",
        )

    def _recurring(self, roll: float) -> Time:
        on, at = ("on", "IN", "REL"), ("in", "IN", "REL")
        if roll < 0.62:
            day = pick(self.rng, _DAYS)
            if not self.chance(0.25):
                return Time((on, (day[0], "NNP", "DOW")), f"am {day[1]}", "PP")
            part = pick(self.rng, _DAYTIMES[:3])
            english = (on, (day[0], "NNP", "DOW"), (part[0], "NN", "CON"))
            return Time(english, f"am {day[1]}{part[1].lower()}", "PP")
        if roll < 0.72:
            month = pick(self.rng, _MONTHS)
            return Time((at, (month[0], "NNP", "MOY")), f"im {month[1]}", "PP")
        if roll < 0.78:
            season = pick(self.rng, _SEASONS)
            return Time((at, (season[0], "NN", "CON")), f"im {season[1]}", "PP")
        part = pick(self.rng, _DAYTIMES)
        if part[0] == "night":
            return Time((("at", "IN", "REL"), ("night", "NN", "CON")), "in der Nacht", "PP")
        return Time((at, ("the", "DT", "DEF"), (part[0], "NN", "CON")), f"am {part[1]}", "PP")


def _unit(word: str, pos: str, tag: str, stem: str, unit: tuple[str, str, str, str]) -> Time:
    """last week, every year: accusative of time."""
    ending = {"f": "e", "m": "en", "n": "es"}[unit[3]]
    return Time(((word, pos, tag), (unit[0], "NN", "UOM")), f"{stem}{ending} {unit[1]}", "NP")


def _show_genitive(phrase: Phrase) -> Phrase:
    """Bare and counted phrases have no visible genitive: take the definite."""
    if phrase.det in ("bare", "number", "many", "several", "some"):
        phrase.det, phrase.count = "the", None
    return phrase
