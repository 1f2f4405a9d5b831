"""Progress lines with the work done and the time left."""

import time
from collections.abc import Callable

SECONDS = 5.0


class Pace:
    """Counts finished work and reports it every few seconds."""

    def __init__(self, total: int, unit: str, progress: Callable[[str], None]) -> None:
        self._total = total
        self._unit = unit
        self._progress = progress
        self._done = 0
        self._begun = self._reported = time.monotonic()

    def advance(self, count: int) -> None:
        """Count `count` more units as done."""
        self._done += count
        now = time.monotonic()
        if now - self._reported >= SECONDS or self._done == self._total:
            self._reported = now
            left = (now - self._begun) / self._done * (self._total - self._done)
            self._progress(
                f"{self._done}/{self._total} {self._unit}, {_clock(left)} left"
                if self._done < self._total
                else f"{self._total} {self._unit} in {_clock(now - self._begun)}"
            )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
