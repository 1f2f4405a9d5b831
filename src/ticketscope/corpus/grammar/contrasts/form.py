"""Form and order of German words: gender, number, separable prefixes, the finite verb's place."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.german.adverbials import subordinator
from ticketscope.corpus.grammar.german.agreement import german_noun
from ticketscope.corpus.grammar.german.clauses import (
    clause_words,
    noun_phrase,
    realise,
    surface,
    topological_fields,
)
from ticketscope.corpus.grammar.german.morphology import SEIN, GermanNoun, GermanVerb
from ticketscope.corpus.grammar.lexicon import VERBS
from ticketscope.corpus.grammar.spec import Clause, Sentence

_TWO_GENDERS = {"Keks", "E-Mail", "Juwel", "Labor"}
_OTHER_NUMBER = {"1sg": "1pl", "1pl": "1sg", "3sg": "3pl", "3pl": "3sg"}
_PREFIXES = ("ab", "an", "auf", "aus", "ein", "vor", "zu", "zurück")
# Prefixes with which the verb means much the same.
_ALIKE = {
    "abfahren": ("an", "aus"), "zurücktreten": ("ab", "aus"), "zusammenbrechen": ("ein",),
    "anhalten": ("ein",), "einschalten": ("an", "zu"), "ausschalten": ("ab",),
    "anziehen": ("auf",), "ausziehen": ("ab",), "wegwerfen": ("ab", "aus"), "abholen": ("ein",),
    "wegräumen": ("ab", "auf", "aus"), "annehmen": ("ab", "auf"), "vorbereiten": ("zu", "auf"),
    "einpacken": ("ab",), "zuhören": ("an",), "vorlesen": ("ab",), "zurückgeben": ("ab",),
    "zugeben": ("an",), "vorgeben": ("an",), "zurückkommen": ("an",), "anrufen": ("zurück",),
    "herausfinden": ("auf",),
}  # fmt: skip
# In speech these may open a main clause.
_LOOSE = {"because", "although"}


class _OtherNumber(GermanVerb):
    """A verb that agrees with the other number."""

    def finite(self, person: str, tense: str) -> str:
        return super().finite(_OTHER_NUMBER[person], tense)


def article_gender(line: Line) -> Iterator[Error]:
    """Article and adjectives of another gender than the noun's.

    Phrases that a pronoun takes up are left alone, since it would have the wrong gender too.
    """
    referents = {id(pronoun.root()) for pronoun in line.pronouns()}
    for phrase, _ in line.phrases:
        noun = phrase.noun
        if noun is None or phrase.plural or phrase.relative or id(phrase) in referents:
            continue
        german = german_noun(phrase)
        for gender in _wrong_genders(german):
            mistaken = replace(noun, german=replace(german, gender=gender, feminine=None))
            edit = (phrase, "noun", mistaken)
            yield line.error(edit, choice="gender", form=german.gender)


def _wrong_genders(noun: GermanNoun) -> list[str]:
    """Not the feminine, whose article the plural shares, if the noun itself looks like a plural."""
    if noun.word in _TWO_GENDERS:
        return []
    barred = "f" if noun.weak or noun.plural == noun.word else ""
    return [gender for gender in "mfn" if gender not in (noun.gender, barred)]


def verb_number(line: Line) -> Iterator[Error]:
    """A finite main verb or copula in the other number."""
    for clause in line.finite():
        parts = clause.grammatical_subject.parts  # jeder Mann und jede Frau: either number
        if clause.periphrastic or any(part.det == "every" for part in parts):
            continue
        verb = clause.verb or VERBS["i"][0]  # a copula shows no more of it than the German forms
        german = clause.verb.german if clause.verb is not None else SEIN
        mistaken = replace(verb, german=_OtherNumber(**vars(german)))
        form = "pl" if clause.grammatical_subject.plural else "sg"
        yield line.error((clause, "verb", mistaken), choice="number", form=form)


def particle(line: Line) -> Iterator[Error]:
    """Another separable prefix, where it stands alone."""
    for clause, order in line.clauses:
        if clause.verb is None or not clause.verb.german.prefix:
            continue
        if order != "v2" or clause.periphrastic:
            continue
        german = clause.verb.german
        for prefix in _PREFIXES:
            if prefix != german.prefix and prefix not in _ALIKE.get(german.full_infinitive, ()):
                mistaken = replace(clause.verb, german=replace(german, prefix=prefix))
                yield line.error((clause, "verb", mistaken))


def verb_second(line: Line) -> Iterator[Error]:
    """The finite verb where English has it.

    That is after the subject although something else is fronted, and before the object in a
    subordinate clause.
    """
    for clause in line.sentence.clauses:
        if clause.fronted and clause.grammatical_subject.relative is None:
            yield Error(partial(_subject_first, line.sentence, clause))
        if clause.that_clause is not None:
            yield Error(partial(_main_order, line.sentence, "dass", clause.that_clause))
        if clause.sub is not None and clause.sub[0] not in _LOOSE:
            name, sub = clause.sub
            yield Error(partial(_main_order, line.sentence, subordinator(name, sub), sub))


def _subject_first(sentence: Sentence, clause: Clause) -> str:
    """The line, which opens with the clause's prefield."""
    prefield, finite, *_ = topological_fields(clause, "v2", None, True)
    subject = noun_phrase(clause.grammatical_subject, "nom")
    line, start = realise(sentence), surface([*prefield, *finite, *subject])
    assert line.startswith(start)
    return surface([*prefield, *subject, *finite]) + line[len(start) :]


def _main_order(sentence: Sentence, conjunction: str, clause: Clause) -> str:
    final, main = (
        surface([conjunction, *clause_words(clause, order)]).rstrip(",")
        for order in ("final", "v2")
    )
    line = realise(sentence)
    if not line.startswith(final):
        final, main = (text[0].lower() + text[1:] for text in (final, main))
    assert final in line
    return line.replace(final, main, 1)
