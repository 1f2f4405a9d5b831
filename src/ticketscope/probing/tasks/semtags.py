"""Semantic tags (Bjerva et al. 2016; Parallel Meaning Bank)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from ticketscope.probing.instances import Instance
from ticketscope.probing.tasks.reading import sentences

_INNER = re.compile(r"[~\s]+")
_COMMENT = re.compile(r"# |##")


def read(path: Path, column: Annotated[int, Field(ge=2)] = 2) -> Iterator[Instance]:
    """`word<TAB>tag`, or the tag in another `column` (from 1); a blank line ends a sentence.

    A word with `~` or a blank in it (Prime~Minister) becomes several tokens of the same tag. NIL
    and UNK are labels as others are. Lines that begin with `# ` or `##` are comments.
    """
    number = 0
    for block in sentences(path):
        words = [line for line in block if not _COMMENT.match(line.text)]
        if not words:
            continue
        number += 1
        tokens: list[str] = []
        labels: list[str] = []
        for line in words:
            fields = line.columns("\t", column)
            parts = [part for part in _INNER.split(fields[0]) if part] or [fields[0]]
            tokens += parts
            labels += [fields[column - 1]] * len(parts)
        with words[0].placed():
            yield Instance(str(number), tuple(tokens), tuple(labels))
