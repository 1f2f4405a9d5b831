"""Samplers that draw more of what is rare among short lines; words keep their frequencies."""

from collections.abc import Callable
from typing import Any, TypeGuard

from ticketscope.corpus.grammar.lexicon import HOMOGRAPHS, VERBS, Noun, Verb
from ticketscope.corpus.grammar.sampler.clauses import negatable
from ticketscope.corpus.grammar.sampler.draw import Retry, draw_until, kind_of, pick
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler, bindable
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence

_PLAIN = 1 / 3
_SEPARABLE = {frame: {v for v in verbs if v.german.prefix} for frame, verbs in VERBS.items()}
_SELECTED = {
    frame: {v for v in verbs if any(v.name == w.name and v.german != w.german for w in verbs)}
    for frame, verbs in VERBS.items()
}


class Plain(SentenceSampler):
    """Short lines: adjectives, attributes and adverbials are a third as frequent.

    A verb whose frame is open has one of `frames`, if there are any.
    """

    frames: tuple[str, ...] = ()

    def clause(self, tense: str, *, frame: str | None = None, **others: Any) -> Clause:
        if frame is None and self.frames:
            frame = pick(self.rng, list(self.frames))
        return super().clause(tense, frame=frame, **others)

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


class Homographs(SentenceSampler):
    """Nouns with several German ones."""

    def noun(self, classes: str) -> Noun:
        if self.chance(0.5):
            for _ in range(8):
                noun = super().noun(classes)
                if noun.english in HOMOGRAPHS:
                    return noun
        return super().noun(classes)


class SelectedVerbs(SentenceSampler):
    """English verbs for which German has several."""

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return _one_of(_SELECTED[frame], lambda: super(SelectedVerbs, self)._verb(frame, kind))


class SeparableVerbs(SentenceSampler):
    """Verbs with a separable prefix."""

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return _one_of(_SEPARABLE[frame], lambda: super(SeparableVerbs, self)._verb(frame, kind))


def _one_of(verbs: set[Verb], draw: Callable[[], Verb]) -> Verb:
    if not verbs:
        raise Retry
    return draw_until(draw, verbs.__contains__)


def _thing(sampler: SentenceSampler, verb: Verb) -> Phrase:
    """A singular subject that is no person."""
    kinds = verb.subject.replace("P", "")
    if not kinds:
        raise Retry
    return sampler.phrase(kinds, rivals=verb.subject_rivals, subject=True, plural=0.0)


def _transitive(verb: Verb | None) -> TypeGuard[Verb]:
    return verb is not None and verb.frame == "t"
