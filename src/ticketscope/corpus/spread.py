"""Some lines of a text that stand for all of it."""

import numpy as np


def spread(total: int, count: int) -> list[int]:
    """Numbers of lines, one drawn from each of `count` even parts of a text; the same each time.

    Neighbouring lines of a real text come from one document, and some texts are sorted by length:
    the first so many would be of a few topics, or short. Lines at a fixed distance would be alike
    where a text alternates, as Multi30k does between short and long captions.

    Args:
        total: Lines of the text.
        count: Lines to take; all if there are no more.
    """
    if count >= total:
        return list(range(total))
    ends = np.arange(count + 1) * total // count
    numbers: list[int] = np.random.default_rng(0).integers(ends[:-1], ends[1:]).tolist()
    return numbers
