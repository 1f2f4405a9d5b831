"""What stands in a line, and how one thing in it is made wrong."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ticketscope.corpus.grammar.german.clauses import realise
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence


class Error(NamedTuple):
    """One error of a translation.

    Attributes:
        german: Gives the incorrect German line; it may turn out to be the correct one, where the
            two forms are alike.
        choice: The English word or category that leaves the German form open; empty where no form
            is the usual one.
        form: The form that is correct here, among those of `choice`.
    """

    german: Callable[[], str]
    choice: str = ""
    form: str = ""


Edit = tuple[Phrase | Clause | Adjunct, str, object]  # what is changed, which attribute, its value


class Line:
    """The clauses, phrases and adjuncts that show in a line, in no particular order.

    Attributes:
        clauses: Each with its German order, as in `german.clauses`: v2, final or zu.
        phrases: Each with the clause that it stands in; no possessive pronouns.
        adjuncts: Each with the clause that it belongs to, None if it belongs to a noun.
    """

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self.clauses: list[tuple[Clause, str]] = []
        self.phrases: list[tuple[Phrase, Clause]] = []
        self.adjuncts: list[tuple[Adjunct, Clause | None]] = []
        for clause in sentence.clauses:
            self._clause(clause, "v2")

    def finite(self) -> Iterator[Clause]:
        """The clauses that are no infinitives."""
        return (clause for clause, order in self.clauses if order != "zu")

    def pronouns(self) -> Iterator[Phrase]:
        """All that refer to another phrase, possessives included."""
        for phrase, _ in self.phrases:
            for pronoun in (phrase, phrase.possessor):
                if pronoun is not None and pronoun.antecedent is not None:
                    yield pronoun

    def error(self, *edits: Edit, choice: str = "", form: str = "") -> Error:
        """The German of the line with the edits."""
        return Error(partial(_edited, self.sentence, edits), choice, form)

    def _clause(self, clause: Clause, order: str, subject: bool = True) -> None:
        self.clauses.append((clause, order))
        hidden = order == "zu" or clause.gap == "subject" or (clause.passive and not clause.agent)
        predicate = clause.predicate if isinstance(clause.predicate, Phrase) else None
        phrases = [
            clause.subject if subject and not hidden else None,
            clause.obj if clause.gap != "obj" else None,
            clause.iobj,
            clause.prep_obj if clause.gap != "prep_obj" else None,
            predicate,
            clause.compared,
        ]
        for phrase in phrases:
            if phrase is not None:
                self._phrase(phrase, clause)
        for adjunct in (clause.place, *clause.adjuncts):
            if adjunct is not None:
                self.adjuncts.append((adjunct, clause))
                self._phrase(adjunct.phrase, clause)
        if clause.complement is not None:
            self._clause(clause.complement, "final" if clause.that_clause else "zu")
        if clause.shared is not None:
            self._clause(clause.shared, order, subject=False)
        if clause.sub is not None:
            self._clause(clause.sub[1], "final")

    def _phrase(self, phrase: Phrase, clause: Clause) -> None:
        self.phrases.append((phrase, clause))
        for part in phrase.parts:
            self._phrase(part, clause)
        if phrase.possessor is not None and not phrase.possessor.pronoun:
            self._phrase(phrase.possessor, clause)
        if phrase.attribute is not None:
            self.adjuncts.append((phrase.attribute, None))
            self._phrase(phrase.attribute.phrase, clause)
        if phrase.relative is not None:
            self._clause(phrase.relative, "final")


def _edited(sentence: Sentence, edits: tuple[Edit, ...]) -> str:
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in edits]
    try:
        for owner, name, value in edits:
            setattr(owner, name, value)
        return realise(sentence)
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)
