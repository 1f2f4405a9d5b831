"""Limits of one reading: it neither hangs nor fills the memory."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def bounded(seconds: int = 60, mebibytes: int = 1024) -> Iterator[None]:
    """Fail the test if a block takes so many seconds; a MemoryError if it takes so much memory.

    The seconds are those of the processor, which other work on the machine does not use up.
    """

    def hang(*_: object) -> None:
        pytest.fail(f"took more than {seconds} s")

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limits = resource.getrlimit(resource.RLIMIT_AS)
    room = pages * resource.getpagesize() + (mebibytes << 20)
    handler = signal.signal(signal.SIGVTALRM, hang)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    resource.setrlimit(resource.RLIMIT_AS, (room, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, handler)
