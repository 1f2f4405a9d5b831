"""What fairseq-generate writes, to compare with."""

from pathlib import Path

import pytest

from ticketscope.settings import Languages
from ticketscope.translation.decoding import decode
from ticketscope.translation.settings import Decoding


@pytest.fixture(scope="session")
def greedy(lth0: Path, data_bin: Path) -> list[str]:
    """LTH0's greedy translations of the test text, as subwords."""
    return decode(
        lth0 / "checkpoint.pt",
        data_bin,
        subset="test",
        sentences=20,
        languages=Languages(),
        decoding=Decoding(beam=1),
        gpu=None,
    )
