"""CCGbank AUTO files (LDC2005T13): supertags."""

import re
from collections.abc import Iterator
from pathlib import Path

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import lines

_LEAF = re.compile(r"<L (.*?)>")


def read(path: Path) -> Iterator[Instance]:
    """One derivation a line, beginning with `(<`; other lines, as `ID=...`, are skipped.

    A leaf is `<L category modified-tag original-tag token predicate-argument-category>`. Label: the
    category, without a frequency cut-off.
    """
    number = 0
    for line in lines(path):
        if not line.text.startswith("(<"):
            continue
        number += 1
        leaves = [leaf.split() for leaf in _LEAF.findall(line.text)]
        for leaf in leaves:
            if len(leaf) != 5:
                raise line.error(f"leaf <L {' '.join(leaf)}> has {len(leaf)} fields, expected 5")
        with line.placed():
            yield Instance(
                str(number), tuple(leaf[3] for leaf in leaves), tuple(leaf[0] for leaf in leaves)
            )
