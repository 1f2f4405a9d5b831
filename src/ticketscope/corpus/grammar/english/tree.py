"""Annotated English constituents: leaves carry the word-level gold, nodes the structure.

Dependency heads follow from the constituents: each node names its head child, the other children
give their relation to it (UD v1 labels, content words as heads).
"""

from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Leaf:
    """A token with its labels; `index` and `head` are set once the sentence is complete."""

    form: str
    pos: str
    ccg: str
    sem: str
    ner: str = "O"
    lemma: str = ""
    index: int = -1
    head: "Leaf | None" = None
    relation: str = "root"
    supersense: tuple[str, str] | None = None  # SNACS role, function
    factuality: float | None = None

    @property
    def leaves(self) -> "list[Leaf]":
        return [self]

    @property
    def lexical_head(self) -> "Leaf":
        return self

    def bracket(self) -> str:
        return f"({self.pos} {self.form})"

    def attach(self) -> None:
        """A leaf has no children."""


@dataclass(eq=False, slots=True)
class Node:
    """A constituent: each child with its relation to the head child, None for that child itself."""

    label: str
    kids: "list[tuple[Leaf | Node, str | None]]" = field(default_factory=list)

    @property
    def leaves(self) -> list[Leaf]:
        return [leaf for kid, _ in self.kids for leaf in kid.leaves]

    @property
    def lexical_head(self) -> Leaf:
        for kid, relation in self.kids:
            if relation is None:
                return kid.lexical_head
        raise AssertionError(f"constituent {self.label} has no head")

    def bracket(self) -> str:
        return f"({self.label} {' '.join(kid.bracket() for kid, _ in self.kids)})"

    def attach(self) -> None:
        """Set head and relation of every leaf below but the lexical head."""
        top = self.lexical_head
        for kid, relation in self.kids:
            kid.attach()
            if relation is not None:
                leaf = kid.lexical_head
                leaf.head, leaf.relation = top, relation


Tree = Leaf | Node
Kids = list[tuple[Leaf | Node, str | None]]


def punctuation(mark: str) -> Leaf:
    """A comma, or the mark that ends a sentence."""
    tag = "," if mark == "," else "."
    return Leaf(mark, tag, tag, "NIL")
