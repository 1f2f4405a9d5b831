"""German verb forms: the finite verb and what stands in the right bracket."""

from ticketscope.corpus.grammar.german import morphology as m
from ticketscope.corpus.grammar.german.agreement import person
from ticketscope.corpus.grammar.spec import Clause


def verb_chain(clause: Clause) -> tuple[str, list[str], str]:
    """Finite verb, non-finite forms in verb-final order, separable prefix of a finite main verb."""
    subject = person(clause.grammatical_subject)
    verb = clause.verb.german if clause.verb is not None else m.SEIN
    participle = verb.participle
    before = []
    if clause.passive:
        before, verb, participle = [participle], m.WERDEN, "worden"
    tense = "pres" if clause.tense in ("pres", "perf", "fut") else "pret"
    if clause.modal:
        return _modal(clause, subject), [*before, verb.full_infinitive], ""
    if clause.tense == "fut":
        return m.WERDEN.finite(subject, "pres"), [*before, verb.full_infinitive], ""
    if clause.tense in ("perf", "plup"):
        auxiliary = m.SEIN if verb.sein else m.HABEN
        return auxiliary.finite(subject, tense), [*before, participle], ""
    return verb.finite(subject, tense), before, verb.prefix


def _modal(clause: Clause, subject: str) -> str:
    assert clause.modal is not None
    forbids = clause.modal == "must" and clause.negated  # must not: darf nicht
    past = clause.modal in ("could", "should") or clause.tense == "past"
    verb = m.MODALS["may" if forbids else clause.modal]
    return verb.finite(subject, "pret" if past else "pres")
