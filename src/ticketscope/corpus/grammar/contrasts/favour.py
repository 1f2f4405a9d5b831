"""Samplers that draw more of what is rare among short lines; words keep their frequencies."""

from typing import TypeGuard

from ticketscope.corpus.grammar.lexicon import VERBS, Verb
from ticketscope.corpus.grammar.sampler.clauses import negatable
from ticketscope.corpus.grammar.sampler.draw import Retry, draw_until, kind_of, pick
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler, bindable
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence

_PLAIN = 1 / 3


class Plain(SentenceSampler):
    """Short lines: adjectives, attributes and adverbials are a third as frequent.

    A verb whose frame is open has one of `frames`, if there are any.
    """

    frames: tuple[str, ...] = ()

    def clause(
        self,
        tense: str,
        *,
        frame: str | None = None,
        subject: Phrase | None = None,
        simple: bool = False,
        infinitive: bool = False,
    ) -> Clause:
        if frame is None and self.frames:
            frame = pick(self.rng, list(self.frames))
        return super().clause(
            tense, frame=frame, subject=subject, simple=simple, infinitive=infinitive
        )

    def _describe(self, phrase: Phrase) -> None:
        if self.chance(_PLAIN):
            super()._describe(phrase)

    def _attribute(self, phrase: Phrase, bar: list[str]) -> Adjunct | None:
        return super()._attribute(phrase, bar) if self.chance(_PLAIN) else None

    def _adverbials(self, clause: Clause, simple: bool) -> None:
        if self.chance(_PLAIN):
            super()._adverbials(clause, simple)


class Owners(Plain):
    """Subjects that are no persons and own the object: its."""

    frames = ("t", "t", "p", "dt", "tp")

    def _subject(self, verb: Verb) -> Phrase:
        return _thing(self, verb)

    def _possess_by_subject(self, clause: Clause) -> None:
        if bindable(clause):
            self._possess_by(clause, clause.subject)


class TakenUp(Plain):
    """Two sentences, the second with a pronoun; subjects that are no persons: it."""

    def _draw(self) -> Sentence:
        return self._two(self.rng.choices(["past", "pres", "fut"], [62, 30, 8])[0])

    def _subject(self, verb: Verb) -> Phrase:
        return _thing(self, verb)


class WithPhrases(Plain):
    """Transitive clauses, half of them negated, with an instrument, company or a person described.

    The verbs take an instrument, or an object that `with` may describe.
    """

    frames = ("t",)

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return draw_until(
            lambda: super(WithPhrases, self)._verb(frame, kind),
            lambda verb: frame != "t" or "ins" in verb.options or "P" in verb.object,
        )

    def _arguments(self, clause: Clause) -> None:
        super()._arguments(clause)
        obj = clause.obj
        if obj is None or obj.noun is None or kind_of(obj) != "P":
            return
        if _transitive(clause.verb) and "ins" not in clause.verb.options:
            obj.attribute = super(Plain, self)._attribute(obj, [])

    def _shape(self, clause: Clause) -> None:
        super()._shape(clause)
        if not clause.passive:
            clause.negated = self.chance(0.5) and negatable(clause)

    def _adverbials(self, clause: Clause, simple: bool) -> None:
        if not _transitive(clause.verb):
            super()._adverbials(clause, simple)
        elif not clause.passive and clause.obj is not None and clause.obj.attribute is None:
            extra = self.adjunct(clause.verb, clause.subject)
            clause.adjuncts = [extra] if extra is not None else []


class SelectedVerbs(SentenceSampler):
    """English verbs for which German has several."""

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return draw_until(
            lambda: super(SelectedVerbs, self)._verb(frame, kind),
            lambda verb: any(
                other.name == verb.name and other.german != verb.german for other in VERBS[frame]
            ),
        )


class SeparableVerbs(SentenceSampler):
    """Verbs with a separable prefix."""

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return draw_until(
            lambda: super(SeparableVerbs, self)._verb(frame, kind),
            lambda verb: bool(verb.german.prefix),
        )


def _thing(sampler: SentenceSampler, verb: Verb) -> Phrase:
    """A singular subject that is no person."""
    kinds = verb.subject.replace("P", "")
    if not kinds:
        raise Retry
    return sampler.phrase(kinds, rivals=verb.subject_rivals, subject=True, plural=0.0)


def _transitive(verb: Verb | None) -> TypeGuard[Verb]:
    return verb is not None and verb.frame == "t"
