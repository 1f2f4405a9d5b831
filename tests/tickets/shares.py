"""How many entries a cut takes, in exact arithmetic."""

import math
from fractions import Fraction

from hypothesis import strategies as st

# A float holds these exactly, and their products with small numbers, so halves are halves.
FRACTIONS = st.integers(1, 63).map(lambda n: n / 64)


def share(fraction: float, left: int) -> int:
    """A fraction of so many entries, halves rounded up."""
    return math.floor(Fraction(str(fraction)) * int(left) + Fraction(1, 2))
