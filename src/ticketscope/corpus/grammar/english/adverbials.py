"""English prepositions, subordinators and expressions of time as annotated words."""

from ticketscope.corpus.grammar.english.tree import Leaf
from ticketscope.corpus.grammar.lexicon import RELATIONS
from ticketscope.corpus.grammar.spec import Adjunct, Time
from ticketscope.corpus.grammar.tables import entries, words

_ON_PLACES = set(words.ON_PLACES.split())
_DIRECTED = {"in": "into", "on": "onto"}
# Part of speech and semantic tag of each subordinator.
SUBORDINATORS = {word: (pos, tag) for word, _, pos, tag in entries(words.SUBORDINATORS)}

_ON, _IN, _FOR = ("on", "IN", "REL"), ("in", "IN", "REL"), ("for", "IN", "REL")
_DATES = {"day": (_ON, "NNP", "DOW"), "month": (_IN, "NNP", "MOY"), "season": (_IN, "NN", "CON")}
_RELATIVE = {"last": ("JJ", "REL"), "next": ("JJ", "REL"), "every": ("DT", "AND")}


def preposition(adjunct: Adjunct, head: Leaf) -> tuple[list[str], tuple[str, str]]:
    """Words of the preposition that joins the adjunct to `head`; its SNACS role and function."""
    relation, noun = RELATIONS[adjunct.relation], adjunct.phrase.noun
    first, *more = relation.english
    role, function = relation.role, relation.function
    if adjunct.relation == "location" and noun is not None:
        first = "on" if noun.kind == "O" and noun.english in _ON_PLACES else "in"
    if adjunct.relation == "feeling" and head.lemma == "die":
        first = "of"
    if adjunct.directed:
        role = "p.Goal"
        if first in _DIRECTED and not more:  # in front of stays
            first, function = _DIRECTED[first], role
    return [first, *more], (role, function)


def time_words(time: Time) -> tuple[list[tuple[str, str, str]], str]:
    """Words of the expression with part of speech and semantic tag, and their kind of phrase."""
    word, pattern = time.word, time.pattern
    if pattern in ("ago", "for"):
        counted = [(time.count, "CD", "QUC"), (word + "s", "NNS", "UOM")]
        ago = [*counted, ("ago", "RB", "REL")]
        return (ago, "ADVP") if pattern == "ago" else ([_FOR, *counted], "PP")
    if pattern in _RELATIVE:
        return [(pattern, *_RELATIVE[pattern]), (word, "NN", "UOM")], "NP"
    if pattern in _DATES:
        preposition, pos, tag = _DATES[pattern]
        part = [(time.part, "NN", "CON")] if time.part else []
        return [preposition, (word, pos, tag), *part], "PP"
    if pattern == "daytime":
        start = [("at", "IN", "REL")] if word == "night" else [_IN, ("the", "DT", "DEF")]
        return [*start, (word, "NN", "CON")], "PP"
    return [(pattern, "NN", "NOW" if pattern == "today" else "YOC")], "NP"
