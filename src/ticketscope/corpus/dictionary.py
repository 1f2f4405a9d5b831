"""fairseq's dictionaries: on each line a subword and its count in the training text."""

import re
from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError

# Rows of the embedding before that of the first subword: BOS, padding, EOS, unknown.
SPECIAL = 4

_COUNT = re.compile(r"[0-9]{1,18}")


def read_dictionary(path: Path) -> dict[str, int]:
    """Count of each subword, in the order of the rows of the embedding.

    A joined dictionary counts both languages. Subwords that only pad the embedding have count 0.

    Raises:
        InputError: the file is missing, or a line is not of fairseq's form, or a subword
            is there twice.
    """
    counts: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), start=1):
        entry = line.rstrip().removesuffix(" #fairseq:overwrite")
        subword, _, count = entry.rpartition(" ")
        if not subword or not _COUNT.fullmatch(count):
            raise InputError(
                f"{path}, line {number}: not a subword and its count: is it fairseq's dictionary?"
            )
        if subword in counts:
            raise InputError(f"{path}, line {number}: {subword} is there a second time")
        counts[subword] = int(count)
    return counts
