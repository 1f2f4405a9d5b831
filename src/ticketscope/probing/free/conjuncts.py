"""Conjuncts by rule from constituency trees.

A coordination is a constituent with a coordinator (CC or CONJP) between two others of its children.
Its conjuncts are the children between coordinators and punctuation; it is clear if none of them is
of more than one child, as in `(NP (NN bread) (CC and) (NN butter))`, and unclear otherwise, as in
`(NP (DT the) (NN bread) (CC and) (NN butter))`. As in Liu et al.'s files, sentences without
coordination or with nested ones are left out; so are those with unclear ones.
"""

import re
from dataclasses import dataclass, field

_PIECE = re.compile(r"[()]|[^\s()]+")
_COORDINATORS = ("CC", "CONJP")
_PUNCTUATION = (",", ":", ".", "``", "''", "-LRB-", "-RRB-", "HYPH", "NFP")

Span = tuple[int, int]  # first word, and the one after the last


@dataclass
class Node:
    """A constituent or, without children, a word with its tag."""

    label: str
    children: list["Node"] = field(default_factory=list)
    first: int = -1
    after: int = -1

    @property
    def span(self) -> Span:
        return self.first, self.after


def parse(text: str) -> Node:
    """The tree of a bracketing that `trees.leaves` accepts, whose leaves are word numbers."""
    above = [Node("")]
    pieces = _PIECE.findall(text)
    for before, piece in zip(["", *pieces], pieces, strict=False):
        if piece == "(":
            above.append(Node(""))
            above[-2].children.append(above[-1])
        elif piece == ")":
            node = above.pop()
            if node.children:
                node.first, node.after = node.children[0].first, node.children[-1].after
        elif before == "(":
            above[-1].label = piece
        else:
            above[-1].first, above[-1].after = int(piece), int(piece) + 1
    return above[0].children[0]


def coordinations(node: Node) -> list[tuple[Span, list[Span] | None]]:
    """Span of each coordination, outer ones first, and its conjuncts; None if they are unclear."""
    spans: list[tuple[Span, list[Span] | None]] = []
    groups: list[list[Node]] = [[]]
    coordinators = []
    for child in node.children:
        if child.label in _COORDINATORS:
            coordinators.append(len([group for group in groups if group]))
        if child.label in _COORDINATORS or child.label in _PUNCTUATION:
            groups.append([])
        else:
            groups[-1].append(child)
    groups = [group for group in groups if group]
    if any(0 < before < len(groups) for before in coordinators):
        clear = all(len(group) == 1 for group in groups)
        spans.append((node.span, [group[0].span for group in groups] if clear else None))
    for child in node.children:
        spans += coordinations(child)
    return spans


def tags(tree: str) -> tuple[str, ...] | None:
    """B, I and O for each word; None if the sentence is omitted."""
    root = parse(tree)
    spans = coordinations(root)
    labels = ["O"] * root.after
    last = 0
    for (first, after), conjuncts in spans:  # in the order of their first words
        if first < last or conjuncts is None:
            return None
        last = after
        for begin, end in conjuncts:
            labels[begin:end] = ["B"] + ["I"] * (end - begin - 1)
    return tuple(labels) if spans else None
