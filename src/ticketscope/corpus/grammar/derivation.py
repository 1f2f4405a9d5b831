"""A sentence pair with the gold annotation of its English side."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ticketscope.corpus.grammar.english import clauses as english
from ticketscope.corpus.grammar.english.chunks import chunks
from ticketscope.corpus.grammar.english.tree import Leaf, Node, Tree
from ticketscope.corpus.grammar.german import clauses as german
from ticketscope.corpus.grammar.lexicon import other_senses
from ticketscope.corpus.grammar.spec import MARKS, Sentence

_AN = ("a", "e", "i", "o", "u", "honest", "hour", "heir")
_NOT_AN = ("uni", "use", "euro", "one")


@dataclass(frozen=True)
class Derivation:
    """One line of the corpus. Indices count tokens from 0; spans are (first, last), inclusive.

    Per token: pos (PTB), ccg, ner (BIO), chunk (BIO), semtag, heads (-1: root) and relations (UD).
    """

    english: str
    german: str
    tokens: tuple[str, ...]
    space_before: tuple[bool, ...]
    pos: tuple[str, ...]
    trees: tuple[str, ...]  # bracketed, one per English sentence
    ccg: tuple[str, ...]
    chunks: tuple[str, ...]
    ner: tuple[str, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    semtags: tuple[str, ...]
    semantic_arcs: tuple[tuple[int, int, str], ...]  # argument, predicate, label
    supersenses: tuple[tuple[int, str, str], ...]  # token, role, function
    factuality: tuple[tuple[int, float], ...]  # predicate token, value in [-3, 3]
    coreference: tuple[tuple[tuple[int, int, int], ...], ...]  # chains of (first, last, head)
    conjuncts: tuple[tuple[tuple[int, int], ...], ...]  # one tuple of spans per coordination
    ambiguous: tuple[tuple[int, str, tuple[str, ...]], ...]  # token, German here, German elsewhere
    combinations: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Every field; tuples, which JSON writes as lists."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Derivation":
        return cls(**{f.name: _tuples(record[f.name]) for f in fields(cls)})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def detokenise(tokens: list[str]) -> tuple[str, list[bool]]:
    """Surface string and, per token, whether a blank stands before it."""
    out, spaces = "", []
    for i, token in enumerate(tokens):
        space = i > 0 and token not in (*MARKS, ",", "'s", "'")
        spaces.append(space)
        out += (" " if space else "") + token
    return out, spaces


@dataclass(frozen=True)
class EnglishSide:
    """The English of a sentence, with the trees and notes that its annotation is read off."""

    sentence: Sentence
    text: str
    space_before: tuple[bool, ...]
    trees: list[Node]
    leaves: list[Leaf]
    notes: english.English


def read_english(sentence: Sentence) -> EnglishSide:
    """Only the English, a fraction of the work: half of all lines are dropped for it alone."""
    trees, notes = english.realise(sentence)
    leaves: list[Leaf] = []
    starts: set[int] = set()
    for tree in trees:
        starts.add(len(leaves))
        tree.attach()
        leaves += tree.leaves
    for i, leaf in enumerate(leaves):
        leaf.index = i
        if leaf.form == "a" and i + 1 < len(leaves):
            following = leaves[i + 1].form.lower()
            if following.startswith(_AN) and not following.startswith(_NOT_AN):
                leaf.form = "an"
    for i in starts:
        leaves[i].form = leaves[i].form[0].upper() + leaves[i].form[1:]
    text, spaces = detokenise([leaf.form for leaf in leaves])
    return EnglishSide(sentence, text, tuple(spaces), trees, leaves, notes)


def derive(sentence: Sentence, combinations: tuple[str, ...]) -> Derivation:
    """Read both languages and the annotation off one sentence."""
    return annotate(read_english(sentence), combinations)


def annotate(side: EnglishSide, combinations: tuple[str, ...]) -> Derivation:
    """Read the German and the annotation off a sentence whose English is there."""
    leaves, notes = side.leaves, side.notes
    chains: dict[int, list[tuple[int, int, int]]] = {}
    for key, node in notes.mentions:
        chains.setdefault(key, []).append((*_span(node), node.lexical_head.index))
    return Derivation(
        english=side.text,
        german=german.realise(side.sentence),
        tokens=tuple(leaf.form for leaf in leaves),
        space_before=side.space_before,
        pos=tuple(leaf.pos for leaf in leaves),
        trees=tuple(tree.bracket() for tree in side.trees),
        ccg=tuple(leaf.ccg for leaf in leaves),
        chunks=chunks(side.trees),
        ner=_bio([leaf.ner for leaf in leaves]),
        heads=tuple(leaf.head.index if leaf.head is not None else -1 for leaf in leaves),
        relations=tuple(leaf.relation for leaf in leaves),
        semtags=tuple(leaf.sem for leaf in leaves),
        semantic_arcs=tuple(sorted({(a.index, p.index, label) for a, p, label in notes.arcs})),
        supersenses=tuple(
            (leaf.index, *leaf.supersense) for leaf in leaves if leaf.supersense is not None
        ),
        factuality=tuple(
            (leaf.index, leaf.factuality) for leaf in leaves if leaf.factuality is not None
        ),
        coreference=tuple(tuple(sorted(chain)) for chain in chains.values() if len(chain) > 1),
        conjuncts=tuple(tuple(map(_span, parts)) for parts in notes.conjuncts),
        ambiguous=tuple(
            (
                leaf.index,
                noun.german.word,
                tuple(sorted({sense.german.word for sense in other_senses(noun)})),
            )
            for leaf, noun in notes.ambiguous
        ),
        combinations=combinations,
    )


def _span(tree: Tree) -> tuple[int, int]:
    leaves = tree.leaves
    return leaves[0].index, leaves[-1].index


def _bio(types: list[str]) -> tuple[str, ...]:
    return tuple(
        kind if kind == "O" else ("I-" if kind == before else "B-") + kind
        for before, kind in zip(["O", *types], types, strict=False)
    )
