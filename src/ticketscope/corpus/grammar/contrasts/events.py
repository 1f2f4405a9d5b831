"""Whether an event took place: negation, and verbs that imply their complement or its opposite."""

from collections.abc import Iterator

from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.english.labels import CERTAIN, complement_context, factuality
from ticketscope.corpus.grammar.lexicon import VERBS, Verb
from ticketscope.corpus.grammar.sampler.clauses import negatable
from ticketscope.corpus.grammar.sampler.draw import kind_of
from ticketscope.corpus.grammar.spec import Clause, Phrase

_CLEAR = 1.0  # the least factuality, of either sign, that tells what happened


def negation_deleted(line: Line) -> Iterator[Error]:
    """Without nicht, or ein for kein."""
    for clause in line.finite():
        if clause.negated and clause.modal != "must":  # must not: darf nicht
            yield line.error((clause, "negated", False))


def negation_inserted(line: Line) -> Iterator[Error]:
    """With nicht, or kein for ein."""
    for clause in line.finite():
        if not clause.negated and clause.modal != "must" and _takes_negation(clause):
            yield line.error((clause, "negated", True))


def _takes_negation(clause: Clause) -> bool:
    if isinstance(clause.predicate, Phrase) or clause.frequency is not None:
        return False
    if clause.stance is not None and clause.fronted != "stance":
        return False
    if clause.passive and clause.obj is not None:
        return clause.obj.det in ("the", "this", "that", "poss")
    return negatable(clause)


def implicative(line: Line) -> Iterator[Error]:
    """A verb of the same frame that says the opposite about its complement: manage, fail."""
    for clause, _ in line.clauses:
        if clause.verb is None or clause.complement is None:
            continue
        value = _complement_value(clause, clause.complement, clause.verb)
        if abs(value) < _CLEAR:
            continue
        for verb in VERBS[clause.verb.frame]:
            other = _complement_value(clause, clause.complement, verb)
            if other * value < 0 and abs(other) >= _CLEAR and _fits(verb, clause):
                yield line.error((clause, "verb", verb))


def _complement_value(clause: Clause, complement: Clause, verb: Verb) -> float:
    """Factuality of the complement if the verb were `verb`; only main clauses have complements."""
    return factuality(complement, complement_context(verb.factuality, factuality(clause, CERTAIN)))


def _fits(verb: Verb, clause: Clause) -> bool:
    assert clause.verb is not None
    if clause.obj is not None:
        if verb.german.object_case != clause.verb.german.object_case:
            return False
        if kind_of(clause.obj) not in verb.object:
            return False
    return kind_of(clause.subject) in verb.subject
