"""Some lines of a text: from all its parts, whatever their order."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ticketscope.corpus.spread import spread


@given(st.integers(1, 300), st.integers(1, 300))
def test_a_line_of_each_part(total, count):
    numbers = spread(total, count)
    if count >= total:
        assert numbers == list(range(total))
    else:
        parts = pairwise([part * total // count for part in range(count + 1)])
        assert all(low <= n < high for n, (low, high) in zip(numbers, parts, strict=True))
    assert numbers == spread(total, count)


def test_a_text_that_alternates_or_is_sorted_is_met_as_it_is():
    """Multi30k's captions alternate between short and long ones, Tatoeba is sorted by length."""
    numbers = np.array(spread(1000, 100))
    assert 35 <= (numbers % 2).sum() <= 65
    assert abs(numbers.mean() - 499.5) < 5
