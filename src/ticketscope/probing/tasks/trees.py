"""Bracketed constituency trees (Penn Treebank): the label one, two or three levels above a tag."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import blank, lines

_DEEPEST = 1000  # brackets inside one another; each leaf keeps the labels of those around it
# Parent, grandparent, great-grandparent of the part-of-speech tag.
Level = Literal[1, 2, 3]
_PIECE = re.compile(r"[()]|[^ \t()]+")
_TOPS = ("TOP", "VROOT", "")
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LCB-": "{", "-RCB-": "}", "-LSB-": "[", "-RSB-": "]"}

Leaf = tuple[str, tuple[str, ...]]  # token; labels from the root down to its tag


def read(path: Path, ancestor: Level = 1) -> Iterator[Instance]:
    """One tree a line, without traces and function tags; lines with `#` in front are skipped.

    The outermost bracket is dropped if its label is TOP, VROOT or empty. A token's label
    is the category `ancestor` levels above its tag, `None` if that is outside the tree. Unary
    chains and punctuation stay; -LRB- and the like become brackets.
    """
    number = 0
    for line in lines(path):
        if blank(line.text) or line.text.startswith("#"):
            continue
        number += 1
        with line.placed():
            tree = leaves(line.text)
            tokens = tuple(token for token, _ in tree)
            yield Instance(str(number), tokens, ancestors(tree, ancestor))


def ancestors(tree: list[Leaf], level: int) -> tuple[str, ...]:
    """The label `level` above each leaf's tag."""
    return tuple(path[-1 - level] if len(path) > level else "None" for _, path in tree)


def leaves(text: str, forest: bool = False) -> list[Leaf]:
    """The leaves of a bracketed tree, without the outermost bracket if its label is in `_TOPS`.

    Args:
        text: The tree.
        forest: Whether the outermost bracket may contain several trees.

    Raises:
        ValueError: the brackets are not a tree; says why.
    """
    pieces = _PIECE.findall(text)
    above: list[str] = []
    tree: list[Leaf] = []
    roots, tops, i = 0, 0, 0
    while i < len(pieces):
        piece = pieces[i]
        if piece == "(":
            if len(above) == _DEEPEST:
                raise ValueError(f"nested more than {_DEEPEST} levels deep")
            labelled = i + 1 < len(pieces) and pieces[i + 1] not in "()"
            roots += not above
            tops += len(above) == 1
            above.append(pieces[i + 1] if labelled else "")
            i += labelled
        elif piece == ")":
            if not above:
                raise ValueError("a bracket too many is closed")
            if pieces[i - 1] == "(" or pieces[i - 2 : i - 1] == ["("]:
                raise ValueError(f"({above[-1]}) has nothing in it")
            above.pop()
        elif not above or pieces[i + 1 : i + 2] != [")"] or pieces[i - 2 : i - 1] != ["("]:
            raise ValueError(f"token {piece} has no bracket of its own")
        elif above[-1] == "-NONE-":
            raise ValueError(f"trace {piece}: take traces out of the trees first")
        else:
            tree.append((_BRACKETS.get(piece, piece), tuple(above)))
        i += 1
    if above:
        raise ValueError(f"{len(above)} brackets are not closed")
    if roots != 1:
        raise ValueError(f"{roots} trees, expected one a line")
    if tree[0][1][0] not in _TOPS or len(tree[0][1]) == 1:
        return tree
    if tops != 1 and not forest:
        raise ValueError(f"{tops} trees under the outermost bracket, expected one")
    return [(token, path[1:]) for token, path in tree]
