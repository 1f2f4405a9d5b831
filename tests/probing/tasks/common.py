"""Paths to the fixtures, and a file with a few changed lines."""

from collections.abc import Iterable
from pathlib import Path

from ticketscope.probing.instances import Instance

FIXTURES = Path(__file__).parent / "fixtures"


def only(instances: Iterable[Instance]) -> Instance:
    """The one instance of a file."""
    (instance,) = instances
    return instance
