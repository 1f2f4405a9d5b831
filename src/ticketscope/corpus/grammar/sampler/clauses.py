"""Draws clauses: verb and arguments, then tense, modality, negation, voice and adverbials."""

from ticketscope.corpus.grammar.lexicon import NOUNS, VERBS, Name, Verb
from ticketscope.corpus.grammar.sampler.adjuncts import (
    FREQUENCY,
    MANNER,
    STANCE,
    AdjunctSampler,
    involuntary,
    stative,
    takes_beneficiary,
)
from ticketscope.corpus.grammar.sampler.draw import Retry, Zipf, draw_until, kind_of, pick
from ticketscope.corpus.grammar.spec import Clause, Phrase
from ticketscope.corpus.grammar.tables import words

_VERB = {frame: Zipf([verbs], 3.0) for frame, verbs in VERBS.items()}
_ATTRIBUTIVE_ONLY = words.ATTRIBUTIVE_ONLY.split()
# Weights of the frames (see `tables.verbs`); c is the copula.
_FRAMES = {
    "t": 34, "i": 11, "p": 12, "dt": 8, "d": 6, "m": 7, "l": 5, "pl": 5, "tp": 4, "s": 8, "z": 7,
    "zo": 4, "c": 8,
}  # fmt: skip
_COPULA_SUBJECTS = ["P", "P", "A", "BKSC", "H", "O", "X", "E", "G", "JW", "FD"]
_ANY = "".join(NOUNS)  # a copula goes with every class
_NOT_PREDICATED = {"secretly", "immediately"}


class ClauseSampler(AdjunctSampler):
    """Adds clauses to `AdjunctSampler`."""

    def clause(
        self,
        tense: str,
        *,
        frame: str | None = None,
        subject: Phrase | None = None,
        simple: bool = False,
        infinitive: bool = False,
    ) -> Clause:
        """A clause in `tense` (past, pres, fut or plup); draws the subject unless it is passed.

        A `simple` clause embeds no other and fronts nothing, as subordinate clauses do.
        """
        if frame is None:
            frame = self.rng.choices(list(_FRAMES), list(_FRAMES.values()))[0]
            if simple and frame in ("s", "z", "zo"):
                frame = "t"
        if frame == "c":
            return self._copula(tense, subject)
        verb = self._verb(frame, kind_of(subject) if subject is not None else None)
        if infinitive and involuntary(verb):
            raise Retry
        clause = Clause(verb, subject or self._subject(verb), tense)
        self._arguments(clause)
        if infinitive:
            if verb.frame in ("t", "i") and self.chance(0.1):
                clause.manner = self._manner(verb)
            return clause
        self._shape(clause)
        self._adverbials(clause, simple)
        return clause

    def _verb(self, frame: str, kind: str | None) -> Verb:
        """A verb of the frame, with a subject of class `kind` if given."""
        return draw_until(
            lambda: _VERB[frame].draw(self.rng, self.exponent),
            lambda verb: kind is None or (kind != "" and kind in verb.subject),
            tries=30,
        )

    def _subject(self, verb: Verb) -> Phrase:
        if "P" in verb.subject and self.chance(0.06):
            return Phrase(speaker=pick(self.rng, ["1sg", "1pl"]))
        if set(verb.subject) <= set("PG") and "P" in verb.subject and self.chance(0.05):
            return Phrase(parts=[self.phrase("P", nested=True, plain=True) for _ in range(2)])
        return self.phrase(verb.subject, rivals=verb.subject_rivals, subject=True)

    # -- arguments -------------------------------------------------------------------------------

    def _arguments(self, clause: Clause) -> None:
        verb = clause.verb
        assert verb is not None
        bar = "" if stative(verb) else "place"
        bar += " with" if "ins" in verb.options else ""
        bar += " for" if takes_beneficiary(verb) else ""
        if verb.frame in ("t", "d", "dt", "tp", "pl", "zo"):
            clause.obj = self.phrase(verb.object, rivals=verb.object_rivals, bar=bar)
            if verb.frame in ("t", "d") and clause.obj.attribute is None and self.chance(0.06):
                other = self.phrase(verb.object, rivals=verb.object_rivals, nested=True, plain=True)
                if other.noun is not clause.obj.noun:
                    clause.obj = Phrase(parts=[clause.obj, other])
        if verb.frame == "dt":
            clause.iobj = self.phrase("P")
            clause.recipient_last = verb.particle is not None or (
                verb.english != "buy" and self.chance(0.35)
            )
        if verb.frame in ("p", "tp"):
            classes = verb.object if verb.frame == "p" else verb.second
            rivals = verb.object_rivals if verb.frame == "p" else ""
            clause.prep_obj = self.phrase(classes, rivals=rivals, bar=bar)
        if verb.frame in ("m", "pl", "l"):
            clause.place = self.place(directed=verb.frame != "l")
        if verb.frame == "s":
            clause.complement = self.clause(self._later(clause.tense), simple=True)
        if verb.frame in ("z", "zo"):
            controller = clause.obj if verb.frame == "zo" else clause.subject
            inner = pick(self.rng, ["t", "t", "t", "i", "p", "dt", "d", "m", "pl"])
            clause.complement = self.clause(
                clause.tense, frame=inner, subject=controller, simple=True, infinitive=True
            )

    def _later(self, tense: str) -> str:
        """Tense of a that-clause."""
        if tense == "past" and self.chance(0.3):
            return "plup"
        if tense == "pres" and self.chance(0.5):
            return pick(self.rng, ["past", "fut"])
        return tense

    # -- tense, modality, negation, voice --------------------------------------------------------

    def _shape(self, clause: Clause) -> None:
        verb = clause.verb
        assert verb is not None
        self._tense(clause, verb)
        clause.negated = self.chance(0.14) and negatable(clause)
        obj = clause.obj
        if (
            verb.frame == "t"
            and "nopass" not in verb.options
            and not clause.progressive
            and clause.modal != "want"
            and clause.subject.speaker is None
            and obj is not None
            and not obj.parts
            and self.chance(0.13)
        ):
            clause.passive = True
            clause.agent = verb.subject_decides or self.chance(0.6)
            if not clause.agent:
                clause.subject = Phrase(name=Name((), "nobody"))
            if obj.det not in ("the", "this", "that", "poss"):
                clause.negated = False

    def _tense(self, clause: Clause, verb: Verb) -> None:
        roll = self.rng.random()
        voluntary = not involuntary(verb)
        embedding = verb.frame in ("s", "z", "zo")
        if clause.tense == "past":
            if roll < 0.16:
                clause.tense = "perf"
            elif roll < 0.22 and not embedding and verb.name != "know":
                clause.modal = "could"
            elif (
                roll < 0.26
                and not embedding
                and voluntary
                and kind_of(clause.subject) in ("P", "A")
            ):
                clause.modal = "want"
            elif roll < 0.30 and voluntary and not embedding:
                clause.progressive = True
        elif clause.tense == "pres" and not embedding:
            if roll < 0.3:
                modal = pick(self.rng, ["can", "must", "should", "may", "want"])
                acting = voluntary and kind_of(clause.subject) in ("P", "A", "G")
                if acting or (modal == "can" and not stative(verb)):
                    clause.modal = modal
            elif roll < 0.42 and voluntary:
                clause.progressive = True

    def _manner(self, verb: Verb) -> str | None:
        acting = not involuntary(verb) and "P" in verb.subject
        return MANNER.draw(self.rng) if acting else None

    # -- adverbials ------------------------------------------------------------------------------

    def _adverbials(self, clause: Clause, simple: bool) -> None:
        verb = clause.verb
        assert verb is not None
        scale = 0.45 if simple else 1.0
        free = clause.complement is None and clause.place is None
        if self.chance(0.16 * scale) and not clause.negated and not clause.progressive:
            clause.frequency = FREQUENCY.draw(self.rng)
            word, obj = clause.frequency, clause.obj
            never_any = word == "never" and obj is not None and not obj.definite
            if never_any or (word in ("still", "usually") and clause.tense != "pres"):
                clause.frequency = None
        if self.chance(0.1 * scale) and clause.frequency is None:
            clause.stance = STANCE.draw(self.rng)
        if verb.frame in ("t", "i", "d") and not clause.passive and self.chance(0.09):
            clause.manner = self._manner(verb)
        placed = free and verb.frame in ("t", "i", "d", "p") and not stative(verb)
        if placed and self.chance(0.28 * scale):
            clause.adjuncts.append(self.place())
        other = 0.26 * scale if free and clause.prep_obj is None and not clause.passive else 0.0
        if self.chance(0.2 if verb.frame == "m" else other):
            extra = self.adjunct(verb, clause.subject)
            if extra is not None:
                clause.adjuncts.insert(0, extra)
        if self.chance(0.26 * scale) and clause.frequency is None:
            settled = clause.tense != "perf" and not clause.modal and not clause.progressive
            clause.time = self.time(clause.tense if settled else "none")
        self._front(clause, simple)

    def _front(self, clause: Clause, simple: bool) -> None:
        if clause.modal == "want":  # wanted probably to go
            clause.stance = clause.frequency = None
        if clause.negated and clause.stance is not None:  # did probably not go
            if simple:
                clause.stance = None
            else:
                clause.fronted = "stance"
        if simple or clause.fronted:
            return
        if clause.time is not None and self.chance(0.4):
            clause.fronted = "time"
        elif clause.stance is not None and self.chance(0.4):
            clause.fronted = "stance"
        elif any(adjunct.place for adjunct in clause.adjuncts) and self.chance(0.25):
            clause.fronted = "place"

    # -- copula ----------------------------------------------------------------------------------

    def _copula(self, tense: str, subject: Phrase | None) -> Clause:
        """Was tired; was older than the dog; was a good teacher."""
        if subject is None:
            classes = pick(self.rng, _COPULA_SUBJECTS)
            subject = self.phrase(classes, rivals=_ANY, subject=True)
        kind = kind_of(subject)
        if not kind:
            raise Retry
        clause = Clause(None, subject, tense)
        roll = self.rng.random()
        sex = subject.root().sex
        natural = sex in ("m", "f") and not subject.plural and not subject.speaker
        if kind == "P" and natural and roll < 0.2:
            clause.predicate = self._role(sex)
        else:
            self._property(clause, kind, compare=roll > 0.8)
            clause.negated = self.chance(0.15)
        if not clause.negated and self.chance(0.12):
            clause.stance = STANCE.draw(self.rng)
        elif not clause.negated and self.chance(0.12):
            clause.frequency = FREQUENCY.draw(self.rng)
            if clause.frequency in _NOT_PREDICATED:
                clause.frequency = None
        return clause

    def _role(self, sex: str | None) -> Phrase:
        noun = self.noun("P")
        if noun.sex is not None:
            raise Retry
        return Phrase(noun, det="a", sex=sex, adjectives=[(None, self.adjective("P"))])

    def _property(self, clause: Clause, kind: str, compare: bool) -> None:
        adjective = self.adjective(kind)
        if adjective.english in _ATTRIBUTIVE_ONLY:
            raise Retry
        clause.predicate = adjective
        if compare and adjective.comparative:
            clause.compared = self.phrase(kind, rivals=adjective.english_kinds, nested=True)
        else:
            clause.intensifier = self.intensifier(adjective)


def negatable(clause: Clause) -> bool:
    """Whether the scope of a negation is clear, so that it has one translation."""
    quantified = ("no", "every", "all", "many", "several", "some")
    if clause.modal == "can" or clause.subject.det in quantified:
        return False
    obj = clause.obj
    if obj is None:
        return True
    if obj.parts:
        return all(part.definite for part in obj.parts)
    return obj.det in ("a", "bare") or (obj.definite and obj.det not in quantified)
