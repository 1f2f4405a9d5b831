"""Words that their company decides: who does what, and which German word is meant."""

from collections.abc import Iterator

from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.german.clauses import noun_phrase
from ticketscope.corpus.grammar.lexicon import VERBS, other_senses
from ticketscope.corpus.grammar.sampler.draw import kind_of
from ticketscope.corpus.grammar.spec import Clause, Phrase

_SYMMETRIC = {"meet", "resemble"}
_EITHER = {"rent"}  # a company may be a tenant as well
# These say little about their noun, as do was big and most governed prepositions: because of the
# party may be about either sense.
_UNSPECIFIC = {"cause", "obstacle", "absence", "near", "topic", "subject", "purpose"}


def roles(line: Line) -> Iterator[Error]:
    """Subject and object exchanged, where the verb takes both in both places.

    Case, number or a preposition must tell who is who: Anna sah Peter could be meant either way.
    """
    shared = {id(clause.shared) for clause in line.finite()}  # whose subject does not show
    for clause in line.finite():
        if (
            clause.obj is not None
            and id(clause) not in shared
            and _exchangeable(clause, clause.obj)
        ):
            yield line.error((clause, "subject", clause.obj), (clause, "obj", clause.subject))


def _exchangeable(clause: Clause, obj: Phrase) -> bool:
    verb, subject = clause.verb, clause.subject
    if verb is None or verb.frame not in ("t", "d") or verb.english in _SYMMETRIC:
        return False
    if clause.gap is not None or clause.shared is not None or clause.negated:
        return False
    if clause.passive and not clause.agent:
        return False
    if subject.det == "no" or any(p.possessor and p.possessor.antecedent for p in (subject, obj)):
        return False
    if kind_of(obj) not in verb.subject or kind_of(subject) not in verb.object:
        return False
    case = verb.german.object_case
    marked = any(noun_phrase(p, "nom") != noun_phrase(p, case) for p in (subject, obj))
    return clause.passive or marked or subject.plural != obj.plural


def selected_verb(line: Line) -> Iterator[Error]:
    """Another German verb for the English one, which takes another subject or object."""
    for clause, _ in line.clauses:
        verb = clause.verb
        if verb is None or verb.english in _EITHER:
            continue
        for other in VERBS[verb.frame]:
            if other.name == verb.name and other.german != verb.german:
                word = verb.german.full_infinitive
                yield line.error((clause, "verb", other), choice=verb.name, form=word)


def lexical(line: Line) -> Iterator[Error]:
    """Another meaning of an English noun, where its place or an adjective tells which is meant."""
    untold = {id(adjunct.phrase) for adjunct, _ in line.adjuncts if adjunct.relation in _UNSPECIFIC}
    for clause, _ in line.clauses:
        untold |= {id(clause.prep_obj), id(clause.compared)}
        if clause.verb is None:
            untold.add(id(clause.subject))
    for phrase, _ in line.phrases:
        noun = phrase.noun
        if noun is None or noun.first is not None or id(phrase) in untold:
            continue
        for sense in other_senses(noun):
            word = noun.german.word
            yield line.error((phrase, "noun", sense), choice=noun.english, form=word)
