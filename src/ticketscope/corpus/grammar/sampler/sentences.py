"""Draws whole lines: clauses combined, relative clauses, and chains of reference."""

from ticketscope.corpus.grammar.lexicon import HOMOGRAPHS
from ticketscope.corpus.grammar.sampler.adjuncts import involuntary
from ticketscope.corpus.grammar.sampler.clauses import ClauseSampler
from ticketscope.corpus.grammar.sampler.draw import (
    Retry,
    draw_until,
    fitting,
    kind_of,
    pick,
    same_pronoun,
)
from ticketscope.corpus.grammar.spec import Clause, Phrase, Sentence

_SUBORDINATORS = {
    "past": ["because", "although", "while", "when", "before", "until", "after"],
    "pres": ["because", "although", "while", "when", "if"],
}
_KINDS = {"plain": 32, "sub": 17, "and": 8, "shared": 8, "two": 20, "relative": 18}
_OWNABLE = "KCBSVHFPATXUI"


class SentenceSampler(ClauseSampler):
    """Draws lines of the corpus."""

    def sentence(self) -> Sentence:
        """One line; may raise `Retry`."""
        sentence = self._draw()
        if any(_tense_hidden(clause) for clause in sentence.finite_clauses()):
            raise Retry
        return sentence

    def _draw(self) -> Sentence:
        tense = self.rng.choices(["past", "pres", "fut"], [62, 30, 8])[0]
        kind = self.rng.choices(list(_KINDS), list(_KINDS.values()))[0]
        if kind == "two":
            return self._two(tense)
        clause = self.clause(tense)
        if kind == "and":
            return self._joined(clause, tense)
        if kind == "relative":
            self._relative(clause, "past" if tense == "past" else "pres")
        elif kind == "sub" and clause.complement is None:
            self._subordinate(clause, tense)
        elif kind == "shared":
            self._share(clause, tense)
        self._possess_by_subject(clause)
        return Sentence([clause])

    # -- combining clauses -----------------------------------------------------------------------

    def _joined(self, clause: Clause, tense: str) -> Sentence:
        other = self.clause(tense, simple=True)
        joint = pick(self.rng, ["and", "but"])
        self._possess_by_subject(clause)
        if self.chance(0.6) and bindable(clause):
            self._take_up(other, clause.subject)
        return Sentence([clause, other], joint)

    def _share(self, clause: Clause, tense: str) -> None:
        """A second verb phrase with the same subject."""
        if clause.periphrastic or clause.complement is not None or clause.subject.det == "no":
            return
        frame = pick(self.rng, ["t", "i", "p", "dt"])
        other = self.clause(tense, frame=frame, subject=clause.subject, simple=True)
        if other.periphrastic or other.stance:
            raise Retry
        clause.shared = other

    def _subordinate(self, clause: Clause, tense: str) -> None:
        tense = "past" if tense == "past" else "pres"
        conjunction = pick(self.rng, _SUBORDINATORS[tense])
        sub = self.clause("plup" if conjunction == "after" else tense, simple=True)
        if clause.tense == "perf" or (sub.tense == "perf" and conjunction != "because"):
            raise Retry
        clause.sub = (conjunction, sub)
        if clause.fronted is None and clause.stance is None and self.chance(0.5):
            clause.fronted = "sub"
        if self.chance(0.45) and bindable(clause):
            self._take_up(sub, clause.subject)

    # -- relative clauses ------------------------------------------------------------------------

    def _relative(self, clause: Clause, tense: str) -> None:
        """Attach a relative clause to the subject or to the phrase that ends the clause.

        Anywhere else a reader could not decide where the relative clause ends.
        """
        last = _last(clause)
        candidates = [clause.grammatical_subject, *([last] if last is not None else [])]
        phrase = pick(self.rng, candidates)
        if phrase.noun is None or phrase.attribute is not None:
            return
        if phrase.det in ("no", "every") or phrase.noun_possessor is not None or phrase.pronoun:
            return
        roll = self.rng.random()
        if roll < 0.45:
            phrase.relative = self._subject_gap(phrase, tense)
        elif roll < 0.85 or phrase.noun.kind != "P":
            phrase.relative = self._object_gap(phrase, tense)
        else:
            phrase.relative = self._possessor_gap(tense)

    def _subject_gap(self, phrase: Phrase, tense: str) -> Clause:
        frame = pick(self.rng, ["t", "t", "i", "p", "dt", "m", "l", "c"])
        clause = self.clause(tense, frame=frame, subject=phrase, simple=True)
        if clause.passive:
            raise Retry
        clause.gap = "subject"
        return clause

    def _object_gap(self, phrase: Phrase, tense: str) -> Clause:
        """That the farmer bought; whom she helped; for which he waited."""
        noun = phrase.noun
        assert noun is not None
        verb = draw_until(
            lambda: self._verb(pick(self.rng, ["t", "t", "t", "d", "p", "p"]), None),
            lambda verb: noun.kind in verb.object and verb.relativizes,
        )
        if noun.english in HOMOGRAPHS:
            raise Retry
        clause = Clause(verb, self._subject(verb), tense)
        if clause.subject.det == "no":
            raise Retry
        if verb.frame == "p":
            clause.prep_obj, clause.gap = phrase, "prep_obj"
        else:
            clause.obj, clause.gap = phrase, "obj"
        if tense == "past" and self.chance(0.25):
            clause.tense = "plup"
        clause.negated = self._negated(clause.subject)
        able = not clause.negated and self.chance(0.15)
        if able and not involuntary(verb) and clause.tense != "plup":
            clause.modal = "could" if tense == "past" else "must"
        if self.chance(0.2):
            clause.time = self.time("none" if clause.modal else clause.tense)
        return clause

    def _possessor_gap(self, tense: str) -> Clause:
        """Whose dog barked."""
        clause = self.clause(tense, frame=pick(self.rng, ["i", "c"]), simple=True)
        owned = clause.subject
        if owned.noun is None or owned.noun.kind not in _OWNABLE or owned.attribute is not None:
            raise Retry
        owned.det, owned.possessor, owned.count = "bare", None, None
        clause.gap = "possessor"
        return clause

    # -- reference -------------------------------------------------------------------------------

    def _two(self, tense: str) -> Sentence:
        """Two sentences; a pronoun in the second takes up a phrase of the first.

        If the pronoun could mean several phrases it means the subject. Any other antecedent must be
        the only phrase that the second predicate allows.
        """
        frame = pick(self.rng, ["t", "t", "p", "dt", "l", "pl", "d", "m"])
        first = self.clause(tense, frame=frame)
        if first.passive:
            raise Retry
        place = first.place.phrase if first.place is not None else None
        phrases = [p for p in (first.subject, first.obj, first.iobj, first.prep_obj, place)
            if p is not None and not p.parts and not p.speaker]  # fmt: skip
        antecedent = pick(self.rng, phrases) if phrases else None
        if antecedent is None or not _referable(antecedent):
            raise Retry
        rivals = [p for p in phrases if p is not antecedent and same_pronoun(p, antecedent)]
        if self.chance(0.3):
            second = self._about_object(antecedent, rivals, tense)
        else:
            second = self._about_subject(antecedent, rivals, tense, antecedent is first.subject)
        self._tell_sex(antecedent)
        return Sentence([first, second])

    def _about_subject(
        self, antecedent: Phrase, rivals: list[Phrase], tense: str, preferred: bool
    ) -> Clause:
        frame = pick(self.rng, ["c", "c", "i", "t", "p", "l", "m"])
        pronoun = Phrase(antecedent=antecedent)
        clause = self.clause(tense, frame=frame, subject=pronoun, simple=True)
        if clause.passive:
            raise Retry
        classes = fitting(clause)
        if not preferred and any(kind_of(rival) in classes for rival in rivals):
            raise Retry
        if self.chance(0.3):
            self._possess_by(clause, antecedent)
        return clause

    def _about_object(self, antecedent: Phrase, rivals: list[Phrase], tense: str) -> Clause:
        frame = "d" if kind_of(antecedent) == "P" and self.chance(0.3) else "t"
        verb = draw_until(
            lambda: self._verb(frame, None), lambda verb: kind_of(antecedent) in verb.object
        )
        if any(kind_of(rival) in verb.object_rivals for rival in rivals):
            raise Retry
        subject = self._subject(verb)
        if subject.det == "no" or (kind_of(subject) == "P" and subject.speaker is None and rivals):
            raise Retry
        clause = Clause(verb, subject, tense, obj=Phrase(antecedent=antecedent))
        if self.chance(0.2):
            clause.tense = "perf" if tense == "past" else tense
        clause.negated = self._negated(subject)
        if self.chance(0.25):
            clause.time = self.time("none" if clause.tense == "perf" else clause.tense)
        return clause

    def _negated(self, subject: Phrase) -> bool:
        return self.chance(0.12) and subject.definite and subject.det not in ("every", "all")

    def _take_up(self, clause: Clause, antecedent: Phrase) -> None:
        """Make the clause's subject a pronoun for `antecedent`, if the verb allows it."""
        if clause.passive or clause.verb is None or not _referable(antecedent):
            return
        if kind_of(antecedent) in clause.verb.subject and clause.complement is None:
            clause.subject = Phrase(antecedent=antecedent)
            self._tell_sex(antecedent)

    def _possess_by_subject(self, clause: Clause) -> None:
        """Let the subject possess an object: his, her, its, their."""
        if self.chance(0.16) and bindable(clause) and self._possess_by(clause, clause.subject):
            self._tell_sex(clause.subject)

    def _possess_by(self, clause: Clause, owner: Phrase) -> bool:
        for phrase in (clause.obj, clause.prep_obj):
            if (
                phrase is not None
                and phrase.noun is not None
                and phrase.noun.kind in _OWNABLE
                and phrase.noun.countable
                and phrase.det != "poss"
                and phrase.attribute is None
            ):
                phrase.det, phrase.count = "poss", None
                phrase.possessor = Phrase(antecedent=owner)
                return True
        return False

    def _tell_sex(self, antecedent: Phrase) -> None:
        """A singular pronoun reveals the sex of, say, a teacher; nouns may show it too."""
        root = antecedent.root()
        noun = root.noun
        if noun is not None and noun.kind == "P" and root.sex is None and root.number == "sg":
            root.sex = "f" if self.chance(0.45) else "m"


def _tense_hidden(clause: Clause) -> bool:
    """Whether the form leaves open if it is present or past: they put, we read."""
    verb, subject = clause.verb, clause.grammatical_subject
    if verb is None or verb.past != verb.english or clause.tense != "pres" or clause.periphrastic:
        return False
    return subject.plural or subject.speaker is not None


def _referable(phrase: Phrase) -> bool:
    """Whether he, she, it or they may take the phrase up."""
    untold = phrase.root().sex == "none" and not phrase.plural
    return bool(kind_of(phrase)) and not untold and phrase.det not in ("no", "every")


def bindable(clause: Clause) -> bool:
    subject = clause.subject
    nominal = not subject.speaker and not subject.parts and not clause.passive
    return nominal and kind_of(subject) in ("P", "A", "G") and _referable(subject)


def _last(clause: Clause) -> Phrase | None:
    """The phrase that ends the clause, or None if something else does."""
    if clause.complement is not None or clause.manner is not None or clause.passive:
        return None
    if clause.adjuncts and not (len(clause.adjuncts) == 1 and clause.fronted == "place"):
        return None
    if clause.time is not None and clause.fronted != "time":
        return None
    if clause.verb is None:
        return clause.compared
    if clause.place is not None:
        return clause.place.phrase
    if clause.prep_obj is not None:
        return clause.prep_obj
    if clause.recipient_last:
        return clause.iobj
    return None if clause.obj is not None and clause.obj.parts else clause.obj
