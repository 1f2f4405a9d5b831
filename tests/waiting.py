"""Waiting for what another process does."""

import subprocess
import time
from collections.abc import Callable


def wait_until(
    what: Callable[[], object], running: "subprocess.Popen[bytes] | None" = None
) -> None:
    """Wait, without end as far as a busy machine can tell, while a process is running."""
    end = time.monotonic() + 300
    while not what():
        assert running is None or running.poll() is None, "it ended"
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
