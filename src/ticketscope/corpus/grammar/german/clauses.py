"""German surface of a sentence: phrases in their case, clauses by their topological fields."""

from dataclasses import dataclass, field, fields, replace
from itertools import chain
from typing import NamedTuple

from ticketscope.corpus.grammar.german import morphology as m
from ticketscope.corpus.grammar.german.adverbials import (
    ADVERBS,
    preposition,
    subordinator,
    time_words,
)
from ticketscope.corpus.grammar.german.agreement import (
    article,
    gender,
    german_noun,
    name_words,
    person,
    reference,
)
from ticketscope.corpus.grammar.german.verbs import verb_chain
from ticketscope.corpus.grammar.lexicon import Adjective
from ticketscope.corpus.grammar.spec import MARKS, Adjunct, Clause, Phrase, Sentence

_COORDINATORS = {"and": ["und"], "but": [",", "aber"]}


class TopologicalFields(NamedTuple):
    """The stretches of a clause in their order.

    Verb-final clauses and infinitives have no prefield and no left bracket. The right bracket holds
    the separable prefix, participles and infinitives, in verb-final clauses the finite verb too.
    """

    prefield: list[str]
    left_bracket: list[str]
    middle_field: list[str]
    right_bracket: list[str]
    postfield: list[str]


@dataclass
class MiddleField:
    """What follows the subject, in its order: light words first, then the old, then the new."""

    pronouns: list[str] = field(default_factory=list)
    time: list[str] = field(default_factory=list)
    frequency: list[str] = field(default_factory=list)
    stance: list[str] = field(default_factory=list)
    dative: list[str] = field(default_factory=list)
    definite_object: list[str] = field(default_factory=list)
    negation: list[str] = field(default_factory=list)
    adverbials: list[str] = field(default_factory=list)
    indefinite_object: list[str] = field(default_factory=list)
    complements: list[str] = field(default_factory=list)
    predicate: list[str] = field(default_factory=list)


# -- phrases -------------------------------------------------------------------------------------


def noun_phrase(phrase: Phrase, case: str) -> list[str]:
    """Words of the phrase in `case`, relative clause included."""
    if phrase.parts:
        first, *others = (noun_phrase(part, case) for part in phrase.parts)
        return [*first, *(word for other in others for word in ("und", *other))]
    if phrase.pronoun:
        return [m.PERSONAL[reference(phrase)][m.CASES.index(case)]]
    if phrase.name is not None:
        return name_words(phrase.name, case) + _relative(phrase)
    determiner, declension = article(phrase, case)
    words = [determiner] if determiner else []
    ending = m.adjective_ending(declension, gender(phrase), case)
    for i, (intensifier, adjective) in enumerate(phrase.adjectives):
        if i and phrase.joined:
            words.append("und")
        words += [ADVERBS[intensifier]] if intensifier else []
        words.append(adjective.german.stem + ending)
    words.append(german_noun(phrase).form("pl" if phrase.plural else "sg", case))
    if phrase.noun_possessor is not None:
        words += noun_phrase(phrase.noun_possessor, "gen")
    if phrase.attribute is not None:
        words += adjunct_words(phrase.attribute)
    return words + _relative(phrase)


def adjunct_words(adjunct: Adjunct) -> list[str]:
    """The prepositional phrase, or a plain genitive."""
    phrase = adjunct.phrase
    if adjunct.relation == "means":  # by car: mit dem Auto
        phrase = replace(phrase, det="the")
    word, case = preposition(adjunct)
    return noun_phrase(phrase, case) if word == "none" else _prepositional(word, case, phrase)


def _prepositional(word: str, case: str, phrase: Phrase) -> list[str]:
    words = noun_phrase(phrase, case)
    # Before a restrictive relative clause the article keeps its pointing force: in dem Haus, das
    plain = phrase.noun is not None and phrase.relative is None and not phrase.parts
    contracts = phrase.det == "the" or phrase.noun_possessor is not None  # im Haus des Bauern
    contraction = m.CONTRACTIONS.get((word, words[0]))
    if contraction and plain and contracts:
        return [contraction, *words[1:]]
    return [*word.split(), *words]


def _relative(head: Phrase) -> list[str]:
    """The relative clause between commas; the pronoun has the case of its gap."""
    clause = head.relative
    if clause is None:
        return []
    forms = m.RELATIVE[reference(head) if head.name is not None else gender(head)]
    verb = clause.verb.german if clause.verb is not None else m.SEIN
    pronoun = [forms[0]]
    if clause.gap == "possessor":
        pronoun = [forms[3], *noun_phrase(clause.subject.without_article(), "nom")]
    elif clause.gap == "obj":
        pronoun = [forms[m.CASES.index(verb.object_case)]]
    elif clause.gap == "prep_obj":
        assert verb.preposition is not None
        word, case = verb.preposition
        pronoun = [word, forms[m.CASES.index(case)]]
    return [",", *pronoun, *clause_words(clause, "final", gap=clause.gap), ","]


# -- clauses -------------------------------------------------------------------------------------


def clause_words(
    clause: Clause, order: str, gap: str | None = None, with_subject: bool = True
) -> list[str]:
    """Words of the clause in their order; see `topological_fields`."""
    return [*chain(*topological_fields(clause, order, gap, with_subject))]


def topological_fields(
    clause: Clause, order: str, gap: str | None, with_subject: bool
) -> TopologicalFields:
    """order: v2 (main), final (subordinate) or zu (infinitive without subject)."""
    middle = _middle_field(clause, gap)
    after = _postfield(clause, order)
    if order == "zu":
        assert clause.verb is not None
        return TopologicalFields([], [], middle, [clause.verb.german.zu], after)
    subject: list[str] = []
    if with_subject and gap not in ("subject", "possessor"):
        subject = noun_phrase(clause.grammatical_subject, "nom")
    finite, nonfinite, prefix = verb_chain(clause)
    if order == "final":
        return TopologicalFields([], [], subject + middle, [*nonfinite, prefix + finite], after)
    right = [prefix, *nonfinite] if prefix else nonfinite
    fronted = _fronted(clause)
    if fronted:
        return TopologicalFields(fronted, [finite], subject + middle, right, after)
    return TopologicalFields(subject, [finite], middle, right, after)


def _fronted(clause: Clause) -> list[str]:
    """What stands in the prefield in place of the subject."""
    if clause.fronted == "time" and clause.time is not None:
        return [time_words(clause.time)]
    if clause.fronted_place is not None:
        return adjunct_words(clause.fronted_place)
    if clause.fronted == "stance" and clause.stance is not None:
        return [ADVERBS[clause.stance]]
    return [*_adverbial_clause(clause), ","] if clause.fronted == "sub" else []


def _adverbial_clause(clause: Clause) -> list[str]:
    assert clause.sub is not None
    name, sub = clause.sub
    return [subordinator(name, sub), *clause_words(sub, "final")]


def _middle_field(clause: Clause, gap: str | None) -> list[str]:
    middle = MiddleField()
    _place_arguments(clause, gap, middle)
    _place_adverbials(clause, middle)
    if isinstance(clause.predicate, Phrase):
        middle.predicate = noun_phrase(clause.predicate, "nom")
    elif clause.compared is not None and clause.predicate is not None:
        comparative = clause.predicate.german.comparative
        middle.predicate = [comparative, "als", *noun_phrase(clause.compared, "nom")]
    elif isinstance(clause.predicate, Adjective):
        intensifier = [ADVERBS[clause.intensifier]] if clause.intensifier else []
        middle.predicate = [*intensifier, clause.predicate.german.word]
    return [*chain(*(getattr(middle, slot.name) for slot in fields(middle)))]


def _place_arguments(clause: Clause, gap: str | None, middle: MiddleField) -> None:
    verb = clause.verb.german if clause.verb is not None else m.SEIN
    obj = None if clause.passive or gap == "obj" else clause.obj
    case, negated = verb.object_case, clause.negated
    if clause.prep_obj is not None and gap != "prep_obj":
        assert verb.preposition is not None
        word, prepositional_case = verb.preposition
        if word:
            middle.complements = _prepositional(word, prepositional_case, clause.prep_obj)
        elif prepositional_case == "dat":
            middle.dative = noun_phrase(clause.prep_obj, "dat")
        else:
            obj, case = clause.prep_obj, "acc"
    if obj is not None:
        if negated and obj.det in ("a", "bare") and obj.noun is not None and not obj.parts:
            words, negated = noun_phrase(replace(obj, det="no"), case), False
        else:
            words = noun_phrase(obj, case)
        if obj.pronoun:
            middle.pronouns = words
        elif case == "dat":
            middle.dative = words
        elif obj.definite:
            middle.definite_object = words
        else:
            middle.indefinite_object = words
    if verb.reflexive and not clause.passive:
        middle.pronouns.append(m.REFLEXIVE.get(person(clause.subject), "sich"))
    if verb.es:
        middle.pronouns.append("es")
    if clause.iobj is not None:
        words = noun_phrase(clause.iobj, "dat")
        if clause.iobj.pronoun:
            middle.pronouns += words
        else:
            middle.dative = words
    if clause.place is not None:
        middle.complements += adjunct_words(clause.place)
    if negated:
        middle.negation = ["nicht"]


def _place_adverbials(clause: Clause, middle: MiddleField) -> None:
    if clause.time is not None and clause.fronted != "time":
        middle.time = [time_words(clause.time)]
    if clause.progressive:
        middle.frequency.append("gerade")
    if clause.frequency == "never":
        middle.negation.insert(0, ADVERBS["never"])
    elif clause.frequency is not None:
        middle.frequency.append(ADVERBS[clause.frequency])
    if clause.stance is not None and clause.fronted != "stance":
        middle.stance = [ADVERBS[clause.stance]]
    if clause.passive and clause.agent:
        middle.adverbials += _prepositional("von", "dat", clause.subject)
    for adjunct in clause.adjuncts:
        if not adjunct.place:
            middle.adverbials += adjunct_words(adjunct)
    if clause.manner is not None:
        middle.adverbials.append(ADVERBS[clause.manner])
    for adjunct in clause.adjuncts:
        if adjunct.place and clause.fronted != "place":
            middle.adverbials += adjunct_words(adjunct)


def _postfield(clause: Clause, order: str) -> list[str]:
    """A second verb phrase, the complement clause, the adverbial clause."""
    after: list[str] = []
    if clause.shared is not None:
        after += ["und", *clause_words(clause.shared, order, with_subject=False)]
    if clause.that_clause is not None:
        after += [",", "dass", *clause_words(clause.that_clause, "final"), ","]
    elif clause.complement is not None:
        after += [",", *clause_words(clause.complement, "zu"), ","]
    if clause.sub is not None and clause.fronted != "sub":
        after += [",", *_adverbial_clause(clause), ","]
    return after


# -- lines ---------------------------------------------------------------------------------------


def surface(words: list[str]) -> str:
    """Join, with each comma kept once and none before the final stop; capital first letter."""
    kept: list[str] = []
    for word in words:
        if word == "," and (not kept or kept[-1] == ","):
            continue
        if word in MARKS and kept[-1] == ",":
            kept.pop()
        kept.append(word)
    text = "".join(word if word in (*MARKS, ",") else f" {word}" for word in kept).lstrip()
    return text[0].upper() + text[1:]


def realise(sentence: Sentence) -> str:
    """The German line."""
    clauses = [clause_words(clause, "v2") for clause in sentence.clauses]
    marks = [clause.mark for clause in sentence.clauses]
    if sentence.joint is not None:
        first, *others = clauses
        conjunction = _COORDINATORS[sentence.joint]
        clauses = [[*first, *(word for other in others for word in (*conjunction, *other))]]
    return " ".join(surface([*words, mark]) for words, mark in zip(clauses, marks, strict=False))
