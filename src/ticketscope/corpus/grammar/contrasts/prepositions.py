"""Prepositions: the case after them, what they attach to, and those that a verb governs."""

from collections.abc import Iterator
from dataclasses import replace

from ticketscope.corpus.grammar.contrasts.line import Error, Line
from ticketscope.corpus.grammar.lexicon import RELATIONS
from ticketscope.corpus.grammar.spec import Adjunct, Clause, Phrase

# English tells in from into and on from onto, but after these verbs one hears both in in.
_UNTOLD = {"disappear", "fall", "plant", "write", "paint", "draw", "build", "hide", "throw", "push",
    "pull", "carry", "pack", "park", "drive", "ride"}  # fmt: skip
# Behind is both where and where to. The verbs after which it is one of them:
_POSITION = {"lie", "stand", "sit", "hang", "live", "stay"}
_PLACEMENT = {"put", "lay", "place", "hang"}
# The word-for-word translation of an English preposition, with its case.
_LITERAL = {
    "for": ("für", "acc"), "after": ("nach", "dat"), "of": ("von", "dat"), "about": ("über", "acc"),
    "at": ("an", "dat"), "in": ("in", "dat"), "on": ("auf", "dat"), "to": ("zu", "dat"),
    "against": ("gegen", "acc"), "from": ("von", "dat"), "with": ("mit", "dat"),
}  # fmt: skip
# German has these as well.
_ALSO_GERMAN = {("bewerben", "für"), ("tauschen", "für")}


def two_way_case(line: Line) -> Iterator[Error]:
    """The accusative of a direction for the dative of a place, or the reverse."""
    for adjunct, clause in line.adjuncts:
        if RELATIONS[adjunct.relation].german[1] == "two-way" and _told(adjunct, clause):
            yield line.error(
                (adjunct, "directed", not adjunct.directed),
                choice="case",
                form="acc" if adjunct.directed else "dat",
            )


def _told(adjunct: Adjunct, clause: Clause | None) -> bool:
    """Whether the English line leaves no doubt if this is where or where to."""
    verb = clause.verb if clause is not None else None
    if adjunct.relation in ("location", "on"):
        return adjunct.directed or verb is None or verb.english not in _UNTOLD
    if clause is None or verb is None or adjunct is not clause.place:
        return False
    return verb.english in (_PLACEMENT if adjunct.directed else _POSITION)


def attachment(line: Line) -> Iterator[Error]:
    """`with`: of the verb for of the object, or the reverse.

    The order of the German words shows which it is if the object is indefinite, or if a negation
    stands between. An adverbial after an indefinite object is good German too, and so no error.
    """
    for clause, obj in _objects(line):
        attribute, adjuncts = obj.attribute, clause.adjuncts
        if attribute is not None and _with(attribute):
            yield line.error(
                (obj, "attribute", None),
                (clause, "adjuncts", [attribute, *adjuncts]),
                choice="with",
                form="attribute",
            )
        elif attribute is None and obj.definite:
            for adjunct in filter(_with, adjuncts):
                rest = [other for other in adjuncts if other is not adjunct]
                yield line.error(
                    (obj, "attribute", adjunct),
                    (clause, "adjuncts", rest),
                    choice="with",
                    form="adverbial",
                )


def attachment_forms(line: Line) -> Iterator[tuple[str, str]]:
    """What each `with` after an object belongs to."""
    for clause, obj in _objects(line):
        if obj.attribute is not None and _with(obj.attribute):
            yield "with", "attribute"
        if any(map(_with, clause.adjuncts)):
            yield "with", "adverbial"


def _objects(line: Line) -> Iterator[tuple[Clause, Phrase]]:
    """The clauses in which a noun stands as the object, with this phrase."""
    for clause, _ in line.clauses:
        obj = clause.obj if clause.gap != "obj" and not clause.passive else None
        if obj is not None and obj.noun is not None and obj.relative is None:
            yield clause, obj


def _with(adjunct: Adjunct) -> bool:
    relation = RELATIONS[adjunct.relation]
    return relation.english == ("with",) and relation.german[0] == "mit"


def governed_preposition(line: Line) -> Iterator[Error]:
    """The literal translation of the English preposition: wait for as warten für."""
    for clause, _ in line.clauses:
        verb = clause.verb
        if verb is None or verb.preposition is None or verb.german.preposition is None:
            continue
        right, wrong = verb.german.preposition, _LITERAL[verb.preposition]
        if right[0] in ("", wrong[0]) or (verb.german.infinitive, wrong[0]) in _ALSO_GERMAN:
            continue
        mistaken = replace(verb, german=replace(verb.german, preposition=wrong))
        yield line.error((clause, "verb", mistaken), choice=verb.preposition, form=right[0])
