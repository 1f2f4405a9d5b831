"""Samplers that draw more of what is rare among short lines; words keep their frequencies."""

from ticketscope.corpus.grammar.lexicon import RELATIONS, VERBS, Verb
from ticketscope.corpus.grammar.sampler.clauses import negatable
from ticketscope.corpus.grammar.sampler.draw import draw_until, kind_of
from ticketscope.corpus.grammar.sampler.sentences import SentenceSampler, bindable
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence

_PLAIN = 1 / 3


class Plain(SentenceSampler):
    """Adjectives, attributes and adverbials are a third as frequent, so that lines are short."""

    def _describe(self, phrase: Phrase) -> None:
        if self.chance(_PLAIN):
            super()._describe(phrase)

    def _attribute(self, phrase: Phrase, bar: list[str]) -> Adjunct | None:
        return super()._attribute(phrase, bar) if self.chance(_PLAIN) else None

    def _adverbials(self, clause: Clause, simple: bool) -> None:
        if self.chance(_PLAIN):
            super()._adverbials(clause, simple)


class Owners(Plain):
    """Subjects that are no persons and often own the object: its."""

    def _subject(self, verb: Verb) -> Phrase:
        return draw_until(lambda: super(Owners, self)._subject(verb), _thing)

    def _possess_by_subject(self, clause: Clause) -> None:
        if bindable(clause):
            self._possess_by(clause, clause.subject)


class TakenUp(Plain):
    """Two sentences, the second with a pronoun; subjects that are no persons: it."""

    def _draw(self) -> Sentence:
        return self._two(self.rng.choices(["past", "pres", "fut"], [62, 30, 8])[0])

    def _subject(self, verb: Verb) -> Phrase:
        return draw_until(lambda: super(TakenUp, self)._subject(verb), _thing)


class WithPhrases(Plain):
    """Transitive clauses, half of them negated, with an instrument, company or a person described.

    The verbs take an instrument, or an object that `with` may describe.
    """

    def clause(
        self,
        tense: str,
        *,
        frame: str | None = None,
        subject: Phrase | None = None,
        simple: bool = False,
        infinitive: bool = False,
    ) -> Clause:
        frame = frame or "t"
        return super().clause(
            tense, frame=frame, subject=subject, simple=simple, infinitive=infinitive
        )

    def _verb(self, frame: str, kind: str | None) -> Verb:
        return draw_until(
            lambda: super(WithPhrases, self)._verb(frame, kind),
            lambda verb: frame != "t" or "ins" in verb.options or "P" in verb.object,
        )

    def _arguments(self, clause: Clause) -> None:
        super()._arguments(clause)
        verb, obj = clause.verb, clause.obj
        if verb is None or "ins" in verb.options or obj is None or obj.noun is None:
            return
        if kind_of(obj) == "P":
            obj.attribute = SentenceSampler._attribute(self, obj, [])

    def _shape(self, clause: Clause) -> None:
        super()._shape(clause)
        clause.negated = self.chance(0.5) and negatable(clause)

    def _adverbials(self, clause: Clause, simple: bool) -> None:
        assert clause.verb is not None
        described = clause.obj is not None and clause.obj.attribute is not None
        extra = None if described else self.adjunct(clause.verb, clause.subject)
        if extra is not None and not clause.passive:
            clause.adjuncts.append(extra)


def _thing(phrase: Phrase) -> bool:
    return kind_of(phrase) not in ("", "P") and not phrase.plural


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
