"""From a semantic graph (EDS) to arcs between words, in the manner of DM (Ivanova et al. 2012).

1. A word's node stands on the words that it covers, punctuation left aside: on the first, if they
   are several; from each of them to the next goes an arc `mwe`.
2. A quantifier with a surface predicate (_the_q) gives an arc BV to what it quantifies; the others
   (udef_q) vanish.
3. A relation that no word expresses (compound, poss, appos, measure, subord, loc_nonsp …) becomes
   one arc from its second argument to its first: compound(group, publishing) gives
   publishing -compound-> group. The label is the relation's name up to `_`: loc, of.
4. A coordination becomes one arc from its first conjunct to the next, with the conjunction as label
   (_and_c), `conj` without one.
5. As an argument, a relation or coordination stands where its first argument stands; nodes that
   only wrap another (nominalization, unknown, eventuality, fw_seq around one word, which may have
   no place in the text) stand where that one stands.
6. Every other node gives an arc to each of its arguments, with the argument's name as label; to
   what is negated, `neg`.

A pair is (argument, predicate). Arcs of a word to itself vanish; of two between the same words the
first stays. Pairs are ordered by argument, then predicate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ticketscope.probing.tasks.pairs import Pair

_WRAPPERS = ("nominalization", "unknown", "eventuality", "ellipsis_ref", "ellipsis")
# Abstract relations of two arguments that a word of their own expresses.
_EXPRESSED = (
    "comp", "more_comp", "comp_equal", "times", "plus", "interval_p_start", "interval_p_end",
    "refl_mod", "cop_id",
)  # fmt: skip

Place = tuple[int, int]  # first character, and the one after the last


@dataclass(frozen=True)
class Node:
    """A node of an EDS: predicate, characters covered, role -> node."""

    id: str
    predicate: str
    first: int
    after: int
    edges: dict[str, str]

    @property
    def quantifies(self) -> bool:
        return "BV" in self.edges

    @property
    def surface(self) -> bool:
        return self.predicate.startswith("_")

    @property
    def coordinates(self) -> bool:
        two = "ARG1" in self.edges and "ARG2" in self.edges
        return two and (self.predicate.endswith("_c") or self.predicate == "implicit_conj")

    @property
    def relates(self) -> bool:
        """A relation between two others which no word expresses."""
        two = "ARG1" in self.edges and "ARG2" in self.edges
        return two and not self.surface and self.predicate not in _EXPRESSED

    @property
    def stands_on(self) -> str | None:
        """The node whose words it takes; None if it covers words itself."""
        if self.coordinates or self.relates:
            return self.edges["ARG1"]
        if self.predicate in _WRAPPERS or self.predicate == "fw_seq":  # of two words: it relates
            return self.edges.get("ARG1") or self.edges.get("ARG")
        return None


def arcs_between(
    nodes: Sequence[Node], places: Sequence[Place], tokens: Sequence[str]
) -> dict[Pair, str]:
    """(argument, predicate) -> label, for the nodes of a sentence and its words."""
    by_id = {node.id: node for node in nodes}
    covered = {node.id: _covered(node, places, tokens) for node in nodes}
    arcs: dict[Pair, str] = {}

    def word(identifier: str) -> int | None:
        seen: set[str] = set()
        while identifier in by_id and identifier not in seen:
            seen.add(identifier)
            above = by_id[identifier].stands_on
            if above is None:
                return covered[identifier][0] if covered[identifier] else None
            identifier = above
        return None

    def add(argument: int | None, predicate: int | None, label: str) -> None:
        if argument is not None and predicate is not None and argument != predicate:
            arcs.setdefault((argument, predicate), label)

    for node in nodes:
        if node.coordinates:
            label = node.predicate if node.surface else "conj"
            add(word(node.edges["ARG2"]), word(node.edges["ARG1"]), label)
        elif node.relates:
            label = node.predicate.split("_")[0]
            add(word(node.edges["ARG1"]), word(node.edges["ARG2"]), label)
        elif node.stands_on is None and not (node.quantifies and not node.surface):
            for role, target in node.edges.items():
                add(word(target), word(node.id), "neg" if node.predicate == "neg" else role)
    for node in nodes:
        words = covered[node.id]
        if node.surface and not node.coordinates:
            for first, following in pairwise(words):
                add(following, first, "mwe")
    return dict(sorted(arcs.items()))


def _covered(node: Node, places: Sequence[Place], tokens: Sequence[str]) -> list[int]:
    """The words under a node; punctuation only if there is nothing else."""
    under = [i for i, (a, b) in enumerate(places) if a < node.after and node.first < b]
    words = [i for i in under if any(character.isalnum() for character in tokens[i])]
    return words or under
