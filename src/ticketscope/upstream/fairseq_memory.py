"""End a training when a device's memory is full.

Wrong upstream (ve-fairseq 0.12.3): an update for which the memory is full is dropped with a
warning; the training goes on and exits with 0.
Gain: no ticket lacks updates, and the user reads in which update to look.
Other versions: it applies to them too, because without it updates would silently be dropped; where
fairseq ends the training itself, the line is the only difference.
Can go: when fairseq has an option that ends the training.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def exit_when_full(line: str) -> Iterator[None]:
    """Compute within this block.

    Raises:
        SystemExit: the memory is full; the line, followed by torch's message. (fairseq saves a
            crashed model before it hands on any other exception.)
    """
    try:
        yield
    except RuntimeError as error:
        if "out of memory" in str(error):
            raise SystemExit(f"{line}: {error}") from error
        raise
