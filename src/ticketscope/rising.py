"""Lists of the config whose numbers rise: ends of bins, buckets and blocks."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

Numbers = TypeVar("Numbers", bound=Sequence[float])


def rising(numbers: Numbers) -> Numbers:
    """The numbers, each of which is larger than the one before.

    Raises:
        ValueError: one is not.
    """
    if any(a >= b for a, b in pairwise(numbers)):
        raise ValueError("must rise")
    return numbers
