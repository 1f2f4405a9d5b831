"""Word combinations of a sentence, and which of them only the unseen split may hold."""

import zlib
from collections.abc import Iterator

from ticketscope.corpus.grammar.lexicon import Adjective
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase, Sentence

HELD_OUT_SHARE = 30  # one combination in so many


def held_out(combination: str) -> bool:
    """Whether the combination is reserved for the unseen split: a fixed function of its text."""
    return zlib.crc32(combination.encode()) % HELD_OUT_SHARE == 0


def combinations(sentence: Sentence) -> tuple[str, ...]:
    """Of adjective and noun, verb and arguments, compounds, and of words with constructions."""
    return tuple(dict.fromkeys(name for clause in sentence.clauses for name in _clause(clause)))


def _clause(clause: Clause) -> Iterator[str]:
    verb = clause.verb.name if clause.verb is not None else "be"
    head = None if clause.passive and not clause.agent else _noun(clause.subject)
    if head:
        yield f"subject-verb {head} {verb}"
    for phrase in (clause.obj, clause.prep_obj):
        if phrase is not None:
            for part in phrase.parts or [phrase]:
                if noun := _noun(part):
                    yield f"verb-object {verb} {noun}"
    if clause.passive:
        yield f"passive {verb}"
    if clause.modal:
        yield f"modal {clause.modal} {verb}"
    if isinstance(clause.predicate, Adjective) and head:
        yield f"predicate {clause.predicate.english} {head}"
    if clause.sub is not None:
        conjunction, sub = clause.sub
        yield f"subordinator {conjunction} {sub.verb.name if sub.verb else 'be'}"
        yield from _clause(sub)
    for inner in (clause.complement, clause.shared):
        if inner is not None:
            yield from _clause(inner)
    predicate = clause.predicate if isinstance(clause.predicate, Phrase) else None
    subject = None if clause.gap == "subject" or not head else clause.subject
    rest = [None if clause.gap == "obj" else clause.obj, clause.iobj]
    rest += [None if clause.gap == "prep_obj" else clause.prep_obj, clause.compared, predicate]
    for phrase in (subject, *rest):
        if phrase is not None:
            yield from _phrase(phrase)
    for adjunct in (clause.place, *clause.adjuncts):
        yield from _adjunct(adjunct)


def _phrase(phrase: Phrase) -> Iterator[str]:
    for part in phrase.parts:
        yield from _phrase(part)
    noun = phrase.noun
    if noun is None:
        return
    for _, adjective in phrase.adjectives:
        yield f"adjective-noun {adjective.english} {noun.name}"
    if noun.first:
        yield f"compound {noun.first} {noun.english}"
    if phrase.possessor is not None:
        yield from _phrase(phrase.possessor)
    yield from _adjunct(phrase.attribute)
    if phrase.relative is not None:
        yield f"{phrase.relative.gap} relative {noun.english}"
        yield from _clause(phrase.relative)


def _adjunct(adjunct: Adjunct | None) -> Iterator[str]:
    if adjunct is not None:
        yield from _phrase(adjunct.phrase)


def _noun(phrase: Phrase) -> str:
    noun = phrase.root().noun
    return noun.english if noun is not None else ""
