"""Lines that say how far a job is and how long it still takes."""

import time
from collections.abc import Callable

SECONDS = 5.0


class Pace:
    """Counts what is done, and says so every few seconds."""

    def __init__(self, total: int, unit: str, progress: Callable[[str], None]) -> None:
        self._total = total
        self._unit = unit
        self._progress = progress
        self._done = 0
        self._begun = self._said = time.monotonic()

    def advance(self, count: int) -> None:
        """`count` more are done."""
        self._done += count
        now = time.monotonic()
        if now - self._said >= SECONDS or self._done == self._total:
            self._said = now
            left = (now - self._begun) / self._done * (self._total - self._done)
            self._progress(
                f"{self._done}/{self._total} {self._unit}, {_clock(left)} left"
                if self._done < self._total
                else f"{self._total} {self._unit} in {_clock(now - self._begun)}"
            )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
