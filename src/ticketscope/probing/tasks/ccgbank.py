"""CCGbank AUTO files (LDC2005T13): supertags."""

import re
from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import Line, blank, lines

# A leaf, the opening of a node, its closing, or what is none of them.
_PIECE = re.compile(r"\(<L (?P<leaf>.*?)>\)|\(<T (?P<node>[^>]*)>|(?P<close>\))|(?P<other>[^ ]+)")


def read(path: Path) -> Iterator[Instance]:
    """One derivation a line, beginning with `(<`; lines with `#` in front are skipped. A line with
    `ID=` in front, which there need not be, announces a derivation.

    A leaf is `<L category modified-tag original-tag token predicate-argument-category>`, a node
    `<T category head daughters>`. Label: the category, without a frequency cut-off.
    """
    number = 0
    announced: Line | None = None
    for line in lines(path):
        if blank(line.text) or line.text.startswith("#"):
            continue
        if line.text.startswith("ID="):
            if announced is not None:
                break
            announced = line
            continue
        announced = None
        number += 1
        with line.placed():
            leaves = _leaves(line.text)
            yield Instance(
                str(number), tuple(leaf[3] for leaf in leaves), tuple(leaf[0] for leaf in leaves)
            )
    if announced is not None:
        raise announced.error("no derivation follows: is the file cut off, or a line lost?")


def _leaves(text: str) -> list[list[str]]:
    """The fields of the leaves of a derivation.

    Raises:
        ValueError: the line is not one whole derivation; says why.
    """
    leaves: list[list[str]] = []
    missing: list[int] = []  # daughters that each open node still has to get
    roots = 0
    for piece in _PIECE.finditer(text):
        if piece["other"] is not None:
            raise ValueError(f"{piece['other']} is neither a leaf, nor a node, nor its end")
        if piece["close"] is not None:
            if not missing or missing.pop() != 0:
                raise ValueError("a bracket is closed too early, or without having been opened")
            continue
        if missing:
            missing[-1] -= 1
        else:
            roots += 1
        if piece["leaf"] is not None:
            leaves.append(piece["leaf"].split(" "))
            if len(leaves[-1]) != 5:
                raise ValueError(
                    f"leaf <L {piece['leaf']}> has {len(leaves[-1])} fields, expected 5"
                )
        else:
            fields = piece["node"].split(" ")
            if len(fields) != 3 or fields[2] not in ("1", "2"):
                raise ValueError(f"node <T {piece['node']}> is not a category, its head and 1 or 2")
            missing.append(int(fields[2]))
    if missing:
        raise ValueError(f"{len(missing)} brackets are not closed: is the line cut off?")
    if roots != 1:
        raise ValueError(f"{roots} derivations, expected one a line")
    return leaves
