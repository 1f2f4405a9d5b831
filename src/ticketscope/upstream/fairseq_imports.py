"""Leave scikit-learn and SciPy's statistics out while fairseq is imported.

It takes a third as long then. Two of fairseq's tasks, for speech and for sentence classification,
want them; no translation does.
"""

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager


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
    """Within the block they seem to be there, but each of their functions only refuses.

    Where one has been imported already, nothing changes; afterwards whoever asks gets the real one.
    """
    absent = {
        name: _NotImported(name)
        for name in ("sklearn", "sklearn.metrics", "scipy.stats")
        if name not in sys.modules
    }
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
