"""fairseq's dictionaries: on each line a subword and its count in the training text."""

from pathlib import Path

from ticketscope.corpus.parallel import read_lines
from ticketscope.errors import InputError

# Rows of the embedding before that of the first subword: BOS, padding, EOS, unknown.
SPECIAL = 4


def read_dictionary(path: Path) -> dict[str, int]:
    """Count of each subword, in the order of the rows of the embedding.

    A joined dictionary counts both languages. Subwords that only pad the embedding have count 0.

    Raises:
        InputError: the file is missing, or a line is not of fairseq's form.
    """
    counts: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), start=1):
        entry = line.rstrip().removesuffix(" #fairseq:overwrite")
        subword, _, count = entry.rpartition(" ")
        if not subword or not count.isdecimal():
            raise InputError(
                f"{path}, line {number}: not a subword and its count: is it fairseq's dictionary?"
            )
        counts[subword] = int(count)
    return counts
