"""Start one of fairseq's programs quickly: `python -m ticketscope.upstream.fairseq_startup train`.

Wrong upstream (ve-fairseq 0.12.3): importing fairseq imports all of its tasks and criteria, and two
of them, for speech and for sentence classification, import scikit-learn and scipy.stats, which no
translation calls. Meanwhile Python's garbage collector walks through ever more modules and frees
nothing.
Gain: fairseq is imported in 0.7 s instead of 2.0 s, twice a ticket.
Can go: when fairseq imports its tasks and criteria on demand.
"""

import gc
import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager

from ticketscope.upstream import made_for


class _NotImported(types.ModuleType):
    """Stands for a module whose functions no translation calls."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*arguments: object, **options: object) -> None:
            raise ImportError(f"{self.__name__}.{name} is not available in this process")

        return refuse


@contextmanager
def without_statistics() -> Iterator[None]:
    """Import fairseq within this block: scikit-learn and scipy.stats seem to be there.

    Their functions refuse to run. A module that was imported before stays as it is; after the
    block, an import gets the real modules.
    """
    names = ["sklearn", "sklearn.metrics", "scipy.stats"]
    if not made_for("ve-fairseq", "0.12.3", "its quick start"):
        names.clear()
    absent = {name: _NotImported(name) for name in names if name not in sys.modules}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def main() -> None:
    """Run fairseq_cli.<first argument> with the other arguments."""
    gc.disable()
    sys.argv[:2] = [f"fairseq_cli.{sys.argv[1]}"]
    # The program sets up logging before it imports the rest of fairseq.
    with without_statistics():
        program = importlib.import_module(sys.argv[0])
    gc.freeze()
    gc.enable()
    program.cli_main()


if __name__ == "__main__":
    main()
